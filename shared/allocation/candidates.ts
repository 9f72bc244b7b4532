import type { RegistrationId } from '../domain/device.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { DeviceFacts, Placement } from './placement.ts';
import { type Candidate, isBarred, type Listed, listedAs, type Roster } from './roster.ts';
import { type Standing, standings } from './standing.ts';

/** A device that is to be placed. */
export type Newcomer = {
  readonly registrationId: RegistrationId;
  readonly linkedHubs: readonly string[];
  readonly facts: DeviceFacts;
  readonly triedInVain: ReadonlySet<HubHostName>;
};

/** Those of the best standing; and of hubs that no rule allows, those that are best otherwise. */
export const best = (candidates: readonly Candidate[]): readonly Candidate[] => {
  let lowest = Number.POSITIVE_INFINITY;
  let peers: Candidate[] = [];
  for (const candidate of candidates) {
    const order = orderOf(candidate);
    if (order > lowest) continue;
    if (order < lowest) peers = [];
    lowest = order;
    peers.push(candidate);
  }
  return peers;
};

const orderOf = ({ standing, listed }: Candidate): number =>
  order[standing] + order[listed.standing] / standings.length;

const order = Object.fromEntries(standings.map((standing, index) => [standing, index])) as Readonly<
  Record<Standing, number>
>;

/** Each hub once, by the first of its spellings in code-unit order: [A6] not by its place, and [A4] not counted twice. */
export const candidatesFor = (
  { linkedHubs, triedInVain }: Newcomer,
  { rules }: Placement,
  roster: Roster,
): readonly Candidate[] => {
  const spellings: (string | undefined)[] = new Array(roster.order.length).fill(undefined);
  const unlisted = new Map<HubHostName, readonly [string, Listed]>();
  for (const spelled of linkedHubs) {
    const listed = listedAs(roster, spelled);
    const { index, hub } = listed;
    const known = index < 0 ? unlisted.get(hub.hostName)?.[0] : spellings[index];
    if (known !== undefined && known <= spelled) continue;
    if (index < 0) unlisted.set(hub.hostName, [spelled, listed]);
    else spellings[index] = spelled;
  }
  const candidates: Candidate[] = [];
  for (const listed of roster.order) {
    const spelled = spellings[listed.index];
    if (spelled === undefined) continue;
    candidates.push({ spelled, listed, standing: standingFor(listed, triedInVain, rules, roster) });
  }
  for (const [spelled, listed] of unlisted.values()) {
    candidates.push({ spelled, listed, standing: standingFor(listed, triedInVain, rules, roster) });
  }
  return candidates;
};

const standingFor = (
  listed: Listed,
  triedInVain: Newcomer['triedInVain'],
  rules: Placement['rules'],
  roster: Roster,
): Standing => {
  const { hub, standing } = listed;
  if (hub.hostName === roster.policy.quarantine) return 'reserved';
  if (rules.length > 0 && isBarred(roster, listed, rules)) return 'barred';
  const isOpen = standing === 'eligible' || standing === 'throttled';
  return isOpen && triedInVain.has(hub.hostName) ? 'unconfirmed' : standing;
};
