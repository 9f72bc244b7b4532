import { type Candidate, type Roster, rosterOf } from '../../shared/allocation/roster.ts';
import { type Hub, hubHostName, untoldHub } from '../../shared/domain/hub.ts';
import { type HubTable, hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import { noPolicy, type Policy } from '../../shared/domain/policy.ts';

/** `east` → `east.azure-devices.net` */
export const hostOf = (name: string): string => `${name}.azure-devices.net`;

/** An open hub of weight 1 that nobody has counted, but for what is said. */
export const aHub = (name: string, but: Partial<Omit<Hub, 'hostName'>> = {}): Hub => ({
  ...untoldHub(hubHostName(hostOf(name))),
  ...but,
});

export const aTable = (...hubs: readonly Hub[]): HubTable => hubTable(hubs, instant(0));

/** The hubs made ready, under a policy. */
export const aRoster = (
  table: HubTable,
  { slackPercent = 5, policy = noPolicy }: { slackPercent?: number; policy?: Policy } = {},
): Roster => rosterOf(table, policy, slackPercent);

/** The hubs as candidates, by themselves. */
export const candidates = (...hubs: readonly Hub[]): readonly Candidate[] =>
  [...aRoster(aTable(...hubs)).listed.values()].map((listed) => ({
    spelled: listed.hub.hostName,
    listed,
    standing: listed.standing,
  }));
