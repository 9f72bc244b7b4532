import type { RegistrationId } from '../domain/device.ts';
import type { ReprovisionPolicy } from '../domain/enrollment.ts';
import { type HubHostName, hubHostName } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import { firstInRank } from './rank.ts';
import { leastOverfull, withinBound } from './room.ts';
import { type Candidate, candidate, type Standing, standings } from './standing.ts';

/** What DPS asks: where does this device belong, of these hubs? */
export type AllocationQuestion = {
  readonly registrationId: RegistrationId;
  /** At least one, as DPS spelled them, in no order that means anything. */
  readonly linkedHubs: readonly string[];
  readonly currentHub: HubHostName | undefined;
  readonly reprovision: ReprovisionPolicy;
  /** Hubs that this device was answered before and never turned up on. */
  readonly triedInVain: ReadonlySet<HubHostName>;
  /** The target of the device's open move, inside its window: undefined for nearly all. */
  readonly released: HubHostName | undefined;
};

/**
 * Why this hub:
 *
 *     never-reprovision   the enrollment keeps the device where it is
 *     moving              a move of it is open, and this is its target
 *     held                a move of it is open, but its target takes no device now: it stays
 *     resident            it lives there, and no campaign says otherwise
 *     newcomer            it has no home yet
 *     closed              its home is closed
 *     unlinked            its home is not among the linked hubs, so it cannot be answered
 */
export type Because =
  | 'never-reprovision'
  | 'moving'
  | 'held'
  | 'resident'
  | 'newcomer'
  | 'closed'
  | 'unlinked';

export type Allocation = {
  /** One of the linked hubs, spelled as it came. */
  readonly hub: string;
  readonly because: Because;
  readonly standing: Standing;
  /** True when the answer is a last resort: no hub was eligible. */
  readonly degraded: boolean;
};

/**
 * [A1] [A2] [A9] One device → one of its linked hubs. A resident is never moved from here, except off a hub that is closed
 * or no longer linked, or by a move of its own that is open: whom to move is for campaigns to say, and this is their valve.
 */
export const allocate = (
  asked: AllocationQuestion,
  table: HubTable,
  slackPercent: number,
): Allocation => {
  const home = currentHome(asked, table);
  if (home && asked.reprovision === 'never') return stay(home, 'never-reprovision');
  const target = released(asked, table);
  if (target?.standing === 'eligible') return stay(target, 'moving');
  if (home && home.standing !== 'closed') return stay(home, target ? 'held' : 'resident');

  const { spelled, standing } = place(asked, table, home, slackPercent);
  const because = home ? 'closed' : asked.currentHub ? 'unlinked' : 'newcomer';
  return { hub: spelled, because, standing, degraded: standing !== 'eligible' };
};

const stay = ({ spelled, standing }: Candidate, because: Because): Allocation => ({
  hub: spelled,
  because,
  standing,
  degraded: false,
});

const currentHome = (asked: AllocationQuestion, table: HubTable): Candidate | undefined =>
  linked(asked, asked.currentHub, table);

/** The target of a move is answered on its own merit, whatever was tried before. */
const released = (asked: AllocationQuestion, table: HubTable): Candidate | undefined =>
  asked.released === asked.currentHub ? undefined : linked(asked, asked.released, table);

const linked = (
  { linkedHubs }: AllocationQuestion,
  hub: HubHostName | undefined,
  table: HubTable,
): Candidate | undefined => {
  const spelled = linkedHubs.filter((other) => hubHostName(other) === hub).sort()[0];
  return hub && spelled ? candidate(spelled, hub, table, new Set()) : undefined;
};

/** [A3] [A4] The best standing first; within it the hubs with room; of those the first in the device's rank. */
const place = (
  { registrationId, linkedHubs, triedInVain }: AllocationQuestion,
  table: HubTable,
  home: Candidate | undefined,
  slackPercent: number,
): Candidate => {
  const candidates = distinct(linkedHubs).map(([host, spelled]) =>
    candidate(spelled, host, table, triedInVain),
  );
  const standing = standings.find((best) => candidates.some((other) => other.standing === best));
  const peers = candidates.filter((other) => other.standing === standing);
  switch (standing) {
    case 'eligible':
      return firstInRank(registrationId, withinBound(peers, slackPercent));
    case 'full':
      return firstInRank(registrationId, leastOverfull(peers));
    case 'closed':
      // Nothing is better than where it is, and a move between dead hubs could only lose it.
      return home ?? firstInRank(registrationId, peers);
    default:
      return firstInRank(registrationId, peers);
  }
};

/** Each hub once, by the first of its spellings in code-unit order: [A6] not by its place, and [A4] not counted twice. */
const distinct = (linkedHubs: readonly string[]): readonly (readonly [HubHostName, string])[] => {
  const spellings = new Map<HubHostName, string>();
  for (const linked of linkedHubs) {
    const host = hubHostName(linked);
    const known = spellings.get(host);
    if (known === undefined || linked < known) spellings.set(host, linked);
  }
  return [...spellings];
};
