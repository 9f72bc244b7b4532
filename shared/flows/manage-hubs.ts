import { boundsOf } from '../allocation/room.ts';
import { rosterOf } from '../allocation/roster.ts';
import type { Hub, HubHostName } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { Instant } from '../domain/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { HubDocuments } from '../ports/hub-documents.ts';
import type { HubTables } from '../ports/hub-tables.ts';
import type { Policies } from '../ports/policies.ts';
import { type ChangedHub, changeHub } from './change-hub.ts';

/** What operators do with hubs. Every instance of the app decides by it within seconds. */
export type ManageHubs = {
  /** All of them, as this instance knows them. */
  readonly table: () => Promise<HubTable>;
  /** The same, with the devices past which a hub is given no newcomer while another has room. */
  readonly look: () => Promise<HubsSeen>;
  /**
   * Changed before and after; undefined: there is no such hub. A change to what it is already writes nothing.
   * @param isSeen whether the hub is still as whoever changes it has seen it.
   */
  readonly change: (
    hub: HubHostName,
    to: HubChange,
    isSeen?: (hub: Hub) => boolean,
  ) => Promise<ChangedHub | 'superseded'>;
};

export type HubsSeen = {
  readonly table: HubTable;
  readonly bounds: ReadonlyMap<HubHostName, number>;
};

/** What is left out stays. */
export type HubChange = {
  readonly [Name in 'state' | 'weight' | 'capacity' | 'units']?: Hub[Name] | undefined;
} & {
  readonly tier?: string | undefined;
  readonly region?: string | undefined;
  readonly intakePerMinuteMax?: number | undefined;
  /** null: nothing is wrong with it, whatever Azure said until now. */
  readonly trouble?: null | undefined;
};

type Ports = {
  readonly hubTables: HubTables;
  readonly hubDocuments: HubDocuments;
  readonly policies: Policies;
  readonly deadline: Deadline;
  readonly clock: Clock;
};

/** @param slackPercent ε of the bound [A4]. */
export const manageHubs = (
  { hubTables, hubDocuments, policies, deadline, clock }: Ports,
  slackPercent: number,
): ManageHubs => ({
  table: hubTables.known,
  look: async () => {
    const table = await hubTables.known();
    return { table, bounds: boundsOf(rosterOf(table, policies.latest(), slackPercent)) };
  },
  change: async (hub, to, isSeen = () => true) => {
    let isOld = false;
    const outcome = await changeHub(hubDocuments, deadline, hub, (before) => {
      isOld = !isSeen(before);
      return isOld ? before : changed(before, to, clock.now());
    });
    return outcome && isOld ? 'superseded' : outcome;
  },
});

const changed = (before: Hub, { trouble, ...to }: HubChange, now: Instant): Hub => {
  const hub = trouble === null && before.trouble ? cleared(before, now) : before;
  const told = Object.entries(to).filter(([, value]) => value !== undefined);
  const isSame = told.every(([name, value]) => hub[name as keyof Hub] === value);
  return isSame ? hub : { ...hub, ...Object.fromEntries(told) };
};

/** What Azure says later holds again. */
const cleared = (hub: Hub, now: Instant): Hub => ({ ...hub, trouble: undefined, troubleAt: now });
