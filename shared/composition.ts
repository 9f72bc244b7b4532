import { cosmosDatabase } from './adapters/cosmos/client.ts';
import { cosmosDeviceRecords } from './adapters/cosmos/device-records.ts';
import { cosmosEnrollments } from './adapters/cosmos/enrollments.ts';
import { cosmosHubTables, hubTableLimits } from './adapters/cosmos/hub-tables.ts';
import { memoryDeviceRecords } from './adapters/memory/device-records.ts';
import { memoryEnrollments } from './adapters/memory/enrollments.ts';
import { memoryHubTables } from './adapters/memory/hub-tables.ts';
import { lateLimits, memoryLateDecisions } from './adapters/memory/late-decisions.ts';
import { systemClock } from './adapters/system/clock.ts';
import { systemComplaint } from './adapters/system/complaint.ts';
import { systemDeadline } from './adapters/system/deadline.ts';
import { readSettings, type Settings } from './config/settings.ts';
import type { Scope } from './domain/scope.ts';
import { type AllocateDevice, allocateDevice, recordDecision } from './flows/allocate-device.ts';

export type Rehome = {
  readonly scopes: ReadonlySet<Scope>;
  readonly allocateDevice: AllocateDevice;
};

/** Where ports meet adapters. */
export const compose = (settings: Settings): Rehome => {
  const { scopes, boundSlackPercent: slackPercent, storeTimeoutMs } = settings;
  const [clock, deadline] = [systemClock, systemDeadline];
  const store =
    settings.cosmos === undefined ? inMemory(settings) : inCosmos(settings, settings.cosmos);
  const record = recordDecision(store);
  const lateDecisions = memoryLateDecisions(record, deadline, lateLimits, systemComplaint);
  const ports = { ...store, lateDecisions, clock, deadline };
  return { scopes, allocateDevice: allocateDevice(ports, { slackPercent, storeTimeoutMs }) };
};

const inMemory = ({ hubs }: Settings) => ({
  records: memoryDeviceRecords(),
  enrollments: memoryEnrollments(),
  hubTables: memoryHubTables(hubs, systemClock),
});

const inCosmos = ({ hubs }: Settings, connectionString: string) => {
  const database = cosmosDatabase(connectionString);
  return {
    records: cosmosDeviceRecords(database),
    enrollments: cosmosEnrollments(database),
    hubTables: cosmosHubTables(
      database,
      hubs,
      systemClock,
      systemDeadline,
      hubTableLimits,
      systemComplaint,
    ),
  };
};

let composed: Rehome | undefined;

/** The app that the doors of this process share, made on first use. @throws Error when a setting is bad. */
export const rehome = (): Rehome => {
  composed ??= compose(readSettings());
  return composed;
};
