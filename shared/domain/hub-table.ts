import type { CountMinute } from './count.ts';
import type { Hub, HubHostName } from './hub.ts';
import { type Instant, instant } from './instant.ts';
import { type Intake, type IntakeMinute, intakeAt, noIntake } from './intake.ts';

/** The one picture of the hubs that everybody decides on: a snapshot, with its age. */
export type HubTable = {
  readonly takenAt: Instant;
  /** When the first hub was put into it. */
  readonly begunAt: Instant;
  readonly hubs: ReadonlyMap<HubHostName, Hub>;
  /** By hub, where there was any. */
  readonly intakes: ReadonlyMap<HubHostName, Intake>;
  /** What the instances counted besides, of the last minutes. */
  readonly counts: readonly CountMinute[];
};

/** The last of two hubs with one host name wins. */
export const hubTable = (
  hubs: readonly Hub[],
  takenAt: Instant,
  counted: readonly IntakeMinute[] = [],
  counts: readonly CountMinute[] = [],
): HubTable => ({
  takenAt,
  begunAt: instant(Math.min(...hubs.map(({ joinedAt }) => joinedAt ?? 0), takenAt)),
  hubs: new Map(hubs.map((hub) => [hub.hostName, hub])),
  intakes: counted.length === 0 ? new Map() : intakesOf(hubs, takenAt, counted),
  counts,
});

const intakesOf = (
  hubs: readonly Hub[],
  takenAt: Instant,
  counted: readonly IntakeMinute[],
): HubTable['intakes'] => {
  const byHub = Map.groupBy(counted, ({ hub }) => hub);
  return new Map(
    hubs.flatMap(({ hostName, countedAt }) => {
      const rows = byHub.get(hostName);
      return rows ? [[hostName, intakeAt(rows, takenAt, countedAt)] as const] : [];
    }),
  );
};

export const intakeOf = ({ intakes }: HubTable, hub: HubHostName): Intake =>
  intakes.get(hub) ?? noIntake;
