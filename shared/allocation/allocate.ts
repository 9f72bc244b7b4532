import type { RegistrationId } from '../domain/device.ts';
import type { ReprovisionPolicy } from '../domain/enrollment.ts';
import { type HubHostName, hubHostName } from '../domain/hub.ts';
import type { InitialTwin } from '../domain/policy.ts';
import { placeAmong } from './place.ts';
import { type DeviceFacts, type Placement, placementOf } from './placement.ts';
import { type Candidate, isBarred, listedAs, type Roster } from './roster.ts';
import type { Standing } from './standing.ts';

/** What DPS asks: where does this device belong, of these hubs? And what is known of the device. */
export type AllocationQuestion = {
  readonly registrationId: RegistrationId;
  /** At least one, as DPS spelled them, in no order that means anything. */
  readonly linkedHubs: readonly string[];
  readonly currentHub: HubHostName | undefined;
  readonly reprovision: ReprovisionPolicy;
  readonly facts: DeviceFacts;
  /** Hubs that this device was answered before and never turned up on. */
  readonly triedInVain: ReadonlySet<HubHostName>;
  /** The target of the device's open move, inside its window: undefined for nearly all. */
  readonly released: HubHostName | undefined;
  readonly isQuarantined: boolean;
};

/**
 * Why this hub:
 *
 *     never-reprovision   the enrollment keeps the device where it is
 *     quarantined         it is in quarantine, or a rule begins it there
 *     moving              a move of it is open, and this is its target
 *     held                a move of it is open, but its target takes no device now: it stays
 *     resident            it lives there, and no campaign says otherwise
 *     newcomer            it has no home yet
 *     closed              its home is closed
 *     unlinked            its home is not among the linked hubs, so it cannot be answered
 */
export const reasons = [
  'never-reprovision',
  'quarantined',
  'moving',
  'held',
  'resident',
  'newcomer',
  'closed',
  'unlinked',
] as const;
export type Because = (typeof reasons)[number];

export type Allocation = {
  /** One of the linked hubs, spelled as it came. */
  readonly hub: string;
  readonly because: Because;
  readonly standing: Standing;
  /** True when the answer is a last resort: no hub was eligible. */
  readonly degraded: boolean;
  /** The rules that applied; none where it was not for rules to say. */
  readonly rules: readonly string[];
  /** [A8] Only where DPS would take it: for a newcomer, and with another hub under the reset policy. */
  readonly initialTwin: InitialTwin | undefined;
};

/**
 * [A1] [A2] [A9] One device → one of its linked hubs. A resident is never moved from here, except off a hub that is closed or no longer
 * linked, into quarantine, or by a move of its own that is open: whom to move is for campaigns to say, and this is their valve.
 */
export const allocate = (asked: AllocationQuestion, roster: Roster): Allocation => {
  const home = linked(asked, asked.currentHub, roster);
  if (home && asked.reprovision === 'never') return answer(asked, home, 'never-reprovision');
  if (asked.isQuarantined) {
    const exile = quarantineOf(asked, roster);
    if (exile) return answer(asked, exile, 'quarantined');
  }
  const target =
    asked.released === asked.currentHub ? undefined : linked(asked, asked.released, roster);
  if (home && !target && home.standing !== 'closed') return answer(asked, home, 'resident');
  const placement = placementOf(roster.policy, asked.facts);
  if (target && isTaken(target, placement, roster))
    return answer(asked, target, 'moving', placement);
  if (home && home.standing !== 'closed') return answer(asked, home, 'held', placement);
  return place(asked, placement, home, roster);
};

/** [A7] The answer when nothing is known of the device but what DPS says: a hub that it has and can be answered is not changed. */
export const allocateUnknown = (asked: AllocationQuestion, roster: Roster): Allocation => {
  const home = linked(asked, asked.currentHub, roster);
  return { ...(home ? answer(asked, home, 'resident') : allocate(asked, roster)), degraded: true };
};

const answer = (
  { currentHub, reprovision }: AllocationQuestion,
  { spelled, listed, standing }: Candidate,
  because: Because,
  placement?: Placement,
): Allocation => {
  const isNew = currentHub === undefined;
  const isReset = reprovision === 'reset' && listed.hub.hostName !== currentHub;
  return {
    hub: spelled,
    because,
    standing,
    degraded: false,
    rules: placement?.rules.map(({ name }) => name) ?? [],
    initialTwin: isNew || isReset ? placement?.initialTwin : undefined,
  };
};

/** The first of its spellings in code-unit order: [A6] not by its place. */
const linked = (
  { linkedHubs }: AllocationQuestion,
  hub: HubHostName | undefined,
  roster: Roster,
): Candidate | undefined => {
  if (hub === undefined) return undefined;
  const spellings = linkedHubs.filter(
    (other) => other.length === hub.length && (other === hub || hubHostName(other) === hub),
  );
  const spelled = spellings.length > 1 ? spellings.toSorted()[0] : spellings[0];
  if (spelled === undefined) return undefined;
  const listed = listedAs(roster, spelled);
  return { spelled, listed, standing: listed.standing };
};

/** Whoever is suspect goes there, however full it is; not to a dead hub. */
const quarantineOf = (asked: AllocationQuestion, roster: Roster): Candidate | undefined => {
  const exile = linked(asked, roster.policy.quarantine, roster);
  return exile?.standing === 'closed' ? undefined : exile;
};

/** A released target is answered while every hard decider says yes: to hold moves back is for the pace of their campaign. */
const isTaken = ({ listed, standing }: Candidate, { rules }: Placement, roster: Roster): boolean =>
  (standing === 'eligible' || standing === 'throttled') &&
  listed.hub.hostName !== roster.policy.quarantine &&
  !isBarred(roster, listed, rules);

/** A device without a home that could be answered. */
const place = (
  asked: AllocationQuestion,
  placement: Placement,
  home: Candidate | undefined,
  roster: Roster,
): Allocation => {
  const exile = placement.quarantines ? quarantineOf(asked, roster) : undefined;
  if (exile) return answer(asked, exile, 'quarantined', placement);
  const chosen = placeAmong(asked, placement, home, roster);
  const because = home ? 'closed' : asked.currentHub ? 'unlinked' : 'newcomer';
  const degraded = chosen.standing !== 'eligible' || placement.quarantines;
  return { ...answer(asked, chosen, because, placement), degraded };
};
