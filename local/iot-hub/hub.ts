import type { TakesToken } from '../identity/identity.ts';
import type { JsonObject } from '../json.ts';
import { isoTime, randomKey, type World } from '../world.ts';
import type { HubDevice, MethodCall } from './device.ts';
import type { HubFault } from './faults.ts';
import type { HubEvent } from './hub-event.ts';
import type { HubMeter } from './throttle.ts';

/**
 * The core of an IoT hub, without sockets: its state. What it does stands beside it: `registry.ts`, `twins.ts`, `links.ts`,
 * `access.ts`, `query.ts`. They throw a `HubError` for what Azure refuses.
 */
export type IotHub = {
  readonly hostName: string;
  readonly key: string;
  readonly deviceCountMax: number;
  readonly world: World;
  readonly onEvent: (event: HubEvent) => void;
  readonly takesToken: TakesToken;
  /** In order of creation. */
  readonly devices: Map<string, HubDevice>;
  /** On its REST API. */
  readonly faults: HubFault[];
  /** It answers nobody, and lets nobody in. */
  isDead: boolean;
  /** undefined: nothing is throttled. */
  meter: HubMeter | undefined;
  /** Method calls under way, by request id. */
  readonly calls: Map<string, MethodCall>;
  connectionCount: number;
  /** Of connection-state events. */
  sequence: bigint;
};

export type IotHubOptions = {
  /** `east.azure-devices.net` */
  readonly hostName: string;
  readonly deviceCountMax?: number;
  readonly onEvent?: (event: HubEvent) => void;
  /** Which back ends without a key come in. Left out: every one. */
  readonly takesToken?: TakesToken;
};

/** @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling */
const deviceCountMaxDefault = 1_000_000;

const policyName = 'iothubowner';

export const createHub = (
  {
    hostName,
    deviceCountMax = deviceCountMaxDefault,
    onEvent = () => undefined,
    takesToken = () => true,
  }: IotHubOptions,
  world: World,
): IotHub => ({
  hostName,
  key: randomKey(world),
  deviceCountMax,
  world,
  onEvent,
  takesToken,
  devices: new Map(),
  faults: [],
  isDead: false,
  meter: undefined,
  calls: new Map(),
  connectionCount: 0,
  sequence: 0n,
});

export const connectionString = ({ hostName, key }: IotHub): string =>
  `HostName=${hostName};SharedAccessKeyName=${policyName};SharedAccessKey=${key}`;

export const emit = (
  { hostName, onEvent, world }: IotHub,
  { deviceId }: HubDevice,
  source: HubEvent['source'],
  opType: HubEvent['opType'],
  body: JsonObject,
): void => {
  const hubName = hostName.split('.')[0] ?? hostName;
  onEvent({ hubName, deviceId, source, opType, operationTimestamp: isoTime(world.now()), body });
};
