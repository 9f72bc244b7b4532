import { memoryHubTables } from './adapters/memory/hub-tables.ts';
import { systemClock } from './adapters/system/clock.ts';
import { readSettings, type Settings } from './config/settings.ts';
import type { Scope } from './domain/scope.ts';
import { type AllocateDevice, allocateDevice } from './flows/allocate-device.ts';

export type Rehome = {
  readonly scopes: ReadonlySet<Scope>;
  readonly allocateDevice: AllocateDevice;
};

/** Where ports meet adapters. */
export const compose = ({ scopes, hubs, boundSlackPercent }: Settings): Rehome => ({
  scopes,
  allocateDevice: allocateDevice(
    { hubTables: memoryHubTables(hubs, systemClock), clock: systemClock },
    boundSlackPercent,
  ),
});

let composed: Rehome | undefined;

/** The app that the doors of this process share, made on first use. @throws Error when a setting is bad. */
export const rehome = (): Rehome => {
  composed ??= compose(readSettings());
  return composed;
};
