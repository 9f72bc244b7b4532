import { type Hub, type HubHostName, hubHostName, rampOf, untoldHub } from '../domain/hub.ts';
import { type HubTable, intakeOf } from '../domain/hub-table.ts';
import type { Policy, Rule } from '../domain/policy.ts';
import { type HubVerdicts, judgeHub, judgeUnlisted, loadOf } from './hub-deciders.ts';
import { type NameHash, nameHash } from './rank.ts';
import { allows } from './rule-deciders.ts';
import { type Standing, standingOf } from './standing.ts';

/** The hubs of one snapshot under one policy, made ready: all that does not depend on the device is worked out once. */
export type Roster = {
  readonly table: HubTable;
  readonly policy: Policy;
  /** ε of the bound [A4], in percent. */
  readonly slackPercent: number;
  readonly listed: ReadonlyMap<string, Listed>;
  /** The same, each at its index. */
  readonly order: readonly Listed[];
  /** By a rule's name: the hubs that it does not allow. */
  readonly barred: ReadonlyMap<string, ReadonlySet<HubHostName>>;
  /** What was found lately, of lists of linked hubs: the latest first. It changes no answer. */
  readonly lately: { found: readonly Found[] };
};

/** The best homes that a device may have: equally good ones; and those of them that one more device would not lift past their bound. */
export type Peers = {
  readonly candidates: readonly Candidate[];
  readonly withinBound: () => readonly Candidate[];
};

export type Found = { readonly linkedHubs: readonly string[]; readonly peers: Peers };

export type Listed = {
  readonly hub: Hub;
  /** Where it stands in the roster; −1 when the hub table does not list it. */
  readonly index: number;
  readonly hash: NameHash;
  /** Its weight by now: less than its whole while it joins. */
  readonly share: number;
  /** undefined: it was never counted. */
  readonly load: number | undefined;
  readonly verdicts: HubVerdicts;
  readonly standing: Standing;
};

export const rosterOf = (table: HubTable, policy: Policy, slackPercent: number): Roster => {
  const order = [...table.hubs.values()].map((hub, index) => list(hub, index, table));
  return {
    table,
    policy,
    slackPercent,
    order,
    listed: new Map(order.map((listed) => [listed.hub.hostName, listed])),
    barred: new Map(policy.rules.map((rule) => [rule.name, barredBy(rule, table)])),
    lately: { found: [] },
  };
};

const list = (hub: Hub, index: number, table: HubTable): Listed => {
  const verdicts = judgeHub(hub, table);
  return {
    hub,
    index,
    hash: nameHash(hub.hostName),
    share: hub.weight * rampOf(hub, table.begunAt, table.takenAt),
    load: loadOf(hub, intakeOf(table, hub.hostName)),
    verdicts,
    standing: standingOf(hub, verdicts),
  };
};

const barredBy = ({ restriction }: Rule, { hubs }: HubTable): ReadonlySet<HubHostName> =>
  new Set([...hubs.values()].filter((hub) => !allows(restriction, hub)).map((hub) => hub.hostName));

/** A linked hub, however it is spelled. */
export const listedAs = ({ listed }: Roster, spelled: string): Listed => {
  const known = listed.get(spelled);
  if (known) return known;
  const hostName = hubHostName(spelled);
  return listed.get(hostName) ?? unlisted(hostName);
};

const unlisted = (hostName: HubHostName): Listed => ({
  hub: untoldHub(hostName),
  index: -1,
  hash: nameHash(hostName),
  share: 1,
  load: undefined,
  verdicts: judgeUnlisted(),
  standing: 'unlisted',
});

/** Whether the rules that apply keep a device from a hub. */
export const isBarred = (
  { barred }: Roster,
  { hub, index }: Listed,
  rules: readonly Rule[],
): boolean =>
  rules.some(({ name, restriction }) =>
    index < 0 ? !allows(restriction, hub) : (barred.get(name)?.has(hub.hostName) ?? false),
  );

/** A linked hub as a candidate for a device: what we know of it, and the exact spelling to answer. */
export type Candidate = {
  readonly spelled: string;
  readonly listed: Listed;
  readonly standing: Standing;
};
