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
};

/**
 * Why this hub:
 *
 *     never-reprovision   the enrollment keeps the device where it is
 *     resident            it lives there, and no campaign says otherwise
 *     newcomer            it has no home yet
 *     closed              its home is closed
 *     unlinked            its home is not among the linked hubs, so it cannot be answered
 */
export type Because = 'never-reprovision' | 'resident' | 'newcomer' | 'closed' | 'unlinked';

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
 * or no longer linked: whom to move else is for campaigns to say.
 */
export const allocate = (
  asked: AllocationQuestion,
  table: HubTable,
  slackPercent: number,
): Allocation => {
  const home = currentHome(asked, table);
  if (home && asked.reprovision === 'never') return stay(home, 'never-reprovision');
  if (home && home.standing !== 'closed') return stay(home, 'resident');

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

const currentHome = (
  { currentHub, linkedHubs }: AllocationQuestion,
  table: HubTable,
): Candidate | undefined => {
  const spelled = linkedHubs.filter((linked) => hubHostName(linked) === currentHub).sort()[0];
  return currentHub && spelled ? candidate(spelled, currentHub, table, new Set()) : undefined;
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
