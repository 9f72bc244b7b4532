import type { TwinSight } from '../campaign/look.ts';
import type { DeviceAddress } from './device-signal.ts';

/** What the hubs know of a device. A hub that gives no answer is a sight of its own; only a bug throws. */
export type DeviceTwins = { readonly look: (device: DeviceAddress) => Promise<TwinSight> };
