import type { DeviceRecord } from '../domain/device.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { Scope } from '../domain/scope.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords } from '../ports/device-records.ts';
import type { Enrollments } from '../ports/enrollments.ts';
import type { HubTables } from '../ports/hub-tables.ts';

/** A page of a scope's devices, with all that it takes to place them: their enrollments, by key, and the hubs. */
export type ExportFleet = (
  scope: Scope,
  countMax: number,
  after: string | undefined,
) => Promise<FleetPage | 'bad-after'>;

export type FleetPage = {
  readonly table: HubTable;
  readonly enrollments: ReadonlyMap<string, Enrollment>;
  readonly devices: readonly DeviceRecord[];
  readonly unreadable: readonly string[];
  readonly after: string | undefined;
};

type Ports = {
  readonly records: DeviceRecords;
  readonly enrollments: Enrollments;
  readonly hubTables: HubTables;
  readonly deadline: Deadline;
};

const timeoutMs = 15_000;

export const exportFleet =
  ({ records, enrollments, hubTables, deadline }: Ports): ExportFleet =>
  async (scope, countMax, after) => {
    const page = await deadline(timeoutMs, (signal) => records.all(scope, countMax, after, signal));
    if (page === 'bad-after') return page;
    const keys = new Set(page.records.flatMap(({ enrollment }) => enrollment ?? []));
    const known = new Map<string, Enrollment>();
    for (const key of keys) {
      const found = await deadline(timeoutMs, (signal) => enrollments.read(key, signal));
      if (found) known.set(key, found);
    }
    const table = await hubTables.known();
    const { records: devices, unreadable } = page;
    return { table, enrollments: known, devices, unreadable, after: page.after };
  };
