import { dependsOnPayload, placementOf } from '../allocation/placement.ts';
import { nameHash } from '../allocation/rank.ts';
import { factsOf } from '../allocation/registration.ts';
import type { DeviceRecord } from '../domain/device.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Policy, Rule } from '../domain/policy.ts';
import { isNamed, type PlanLimits } from './goal.ts';
import { doubtsOfDevice, type Movable, type TwinFacts, verdictOf } from './movable.ts';
import { type Places, type PlacesGrounds, placesFor } from './places.ts';
import type { Candidate, Held, Kind } from './snapshot.ts';

/** What devices are judged by. */
export type Grounds = PlacesGrounds & {
  /** By key; those that are not there are not known. */
  readonly enrollments: ReadonlyMap<string, Enrollment>;
  readonly limits: PlanLimits;
  readonly now: Instant;
};

export type Judged =
  | { readonly kind: 'candidate'; readonly candidate: Candidate }
  | { readonly kind: 'held'; readonly held: Held };

/**
 * Judges devices, one after the other: can it be moved, and where to [P4]. What many devices have in common is judged once, so that a
 * million of them take a second.
 */
export const judgeDevices = (grounds: Grounds): ((record: DeviceRecord) => Judged | undefined) => {
  const { hubs, limits, policy, enrollments } = grounds;
  const indexOf = new Map(hubs.map((hub, index) => [hub, index]));
  const likes = hubs.map(() => new Map<Enrollment | undefined, Map<string, Like>>());
  let kindCount = 0;
  return (record) => {
    const hub = indexOf.get(record.observed?.hub ?? ('' as HubHostName));
    if (hub === undefined) return undefined;
    const enrollment = enrollments.get(record.enrollment ?? '');
    const { rules, key, isOpen } = placementFor(policy, record, enrollment);
    const detail = record.ghosts.length > 0 ? `${key}|${record.ghosts}` : key;
    const ofEnrollment = remembered(likes[hub] ?? new Map(), enrollment, () => new Map());
    const { places, kinds } = remembered(ofEnrollment, detail, () => ({
      places: placesFor(grounds, record, enrollment, rules),
      kinds: new Map(),
    }));
    const said = verdictOf(doubtsOf(grounds, record, enrollment, isOpen));
    const doubt = said.kind === 'unknown' ? said.because : places.doubt;
    const may = limits.unknownAllowed ? places.doubtful : places.eligible;
    const strayed = strayOf(grounds, record, indexOf, may);
    const because =
      said.kind === 'no' ? said.because : (strayed?.held ?? whyHeld(places, doubt, limits));
    const weight = weightOf(record, limits);
    const { deviceId } = record;
    const misplaced = record.quarantine ? undefined : (places.misplaced ?? strayed?.misplaced);
    if (because !== undefined)
      return {
        kind: 'held',
        held: { deviceId, hub, because, weight, misplaced, isGoing: record.move !== undefined },
      };
    const isRecent = isWithin(record, grounds, 4 * limits.cooldownMs);
    const told = `${doubt ?? ''}|${isRecent}|${misplaced ?? ''}`;
    const kind = remembered(kinds, told, () => {
      const eligible = strayed?.home === undefined ? may : [strayed.home];
      kindCount += 1;
      return { id: kindCount - 1, hub, eligible, misplaced, doubt, isRecent };
    });
    const order = nameHash(record.registrationId).high >>> 3;
    const group = limits.groupMax && record.labels[limits.groupMax.label];
    const returnTo = record.quarantine?.returnTo;
    return { kind: 'candidate', candidate: { deviceId, kind, weight, order, group, returnTo } };
  };
};

type Strayed = {
  readonly misplaced: string;
  /** Where it belongs, by its index; undefined: its rules say otherwise by now. */
  readonly home: number | undefined;
  readonly held: string | undefined;
};

/** A device that turned up on a hub that is not its home goes back, unless it was sent back in vain before: that is for a person. */
const strayOf = (
  { goal }: Grounds,
  { finding, home, quarantine }: DeviceRecord,
  indexOf: ReadonlyMap<HubHostName, number>,
  may: readonly number[],
): Strayed | undefined => {
  const isAstray = finding?.kind === 'stray' || finding?.kind === 'contested';
  if (goal.kind !== 'relocate' || quarantine || !isAstray || home === undefined) return undefined;
  const misplaced = `its home is ${home}`;
  if (finding.kind === 'contested')
    return {
      misplaced,
      home: undefined,
      held: `it is contested: it was sent back to ${home} in vain`,
    };
  const index = indexOf.get(home);
  return index !== undefined && may.includes(index)
    ? { misplaced, home: index, held: undefined }
    : { misplaced, home: undefined, held: `${misplaced}, which does not take it` };
};

/** Devices of one hub and enrollment, to which the same rules apply. */
type Like = { readonly places: Places; readonly kinds: Map<string, Kind> };

/** What is asked again and again is made once. */
const remembered = <Key, Made>(known: Map<Key, Made>, key: Key, make: () => Made): Made => {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
};

const whyHeld = (
  { eligible, doubtful, nowhere }: Places,
  doubt: string | undefined,
  { unknownAllowed }: PlanLimits,
): string | undefined => {
  if (doubtful.length === 0) return nowhere;
  if (unknownAllowed) return undefined;
  return doubt === undefined && eligible.length > 0
    ? undefined
    : `it is not known to be movable: ${doubt}`;
};

type Placed = {
  readonly rules: readonly Rule[];
  /** Tells one placement from another. */
  readonly key: string;
  /** It takes what the device sends to say which rules apply. */
  readonly isOpen: boolean;
};

const noRules: Placed = { rules: [], key: '', isOpen: false };

const placementFor = (
  policy: Policy,
  record: DeviceRecord,
  enrollment: Enrollment | undefined,
): Placed => {
  if (policy.rules.length === 0 || !enrollment) return noRules;
  const facts = factsOf(record, enrollment);
  if (dependsOnPayload(policy, facts)) return { rules: [], key: '?', isOpen: true };
  const { rules } = placementOf(policy, facts);
  return { rules, key: rules.map(({ name }) => name).join(), isOpen: false };
};

const doubtsOf = (
  grounds: Grounds,
  record: DeviceRecord,
  enrollment: Enrollment | undefined,
  isOpen: boolean,
): readonly Movable[] => {
  const { limits, goal, now, table } = grounds;
  // A pin yields to closure and to quarantine; and who leaves a dead hub is not asked.
  const yieldsPin = isNamed(goal, record);
  const asks = !(yieldsPin && goal.kind === 'evacuate');
  const { lastMoveAt } = record;
  const { resetAllowed, cooldownMs } = limits;
  const sourceTier = asks ? table.hubs.get(record.observed?.hub as HubHostName)?.tier : undefined;
  const onSource = sourceOf(record, asks);
  const facts = { record, enrollment, onSource, sourceTier, resetAllowed, yieldsPin };
  const doubts = [...doubtsOfDevice(facts)];
  if (!yieldsPin && isWithin(record, grounds, cooldownMs)) {
    const hours = Math.ceil(((lastMoveAt ?? 0) + cooldownMs - now) / 3_600_000);
    doubts.push({
      kind: 'no',
      because: `it was moved lately: it is left in peace for ${hours} more hours`,
    });
  }
  const against = whyNotFor(grounds, record, asks);
  if (against !== undefined) doubts.push({ kind: 'no', because: against });
  if (isOpen)
    doubts.push({
      kind: 'unknown',
      because: 'which rules apply depends on what it sends when it registers',
    });
  return doubts;
};

/** What speaks against the goal itself. */
const whyNotFor = (
  { goal, policy }: Grounds,
  { quarantine, observed }: DeviceRecord,
  asks: boolean,
): string | undefined => {
  if (goal.kind === 'return' && !quarantine) return 'it is not in quarantine';
  if (goal.kind === 'quarantine' && observed?.hub === policy.quarantine)
    return 'it is on the hub of quarantine already';
  return !asks && quarantine ? 'it is in quarantine: it is answered the hub of that' : undefined;
};

/** Whoever is not asked need not know how to answer. */
const sourceOf = ({ traits }: DeviceRecord, asks: boolean): TwinFacts => {
  if (!asks) return { kind: 'found', enabled: true, iotEdge: false, ...traits, advertises: true };
  return traits ? { kind: 'found', ...traits } : { kind: 'unseen' };
};

const isWithin = ({ lastMoveAt }: DeviceRecord, { now }: Grounds, ms: number): boolean =>
  lastMoveAt !== undefined && now - lastMoveAt < ms;

/** More would let one device stand for a hub. */
const weightMax = 1_000;

const weightOf = ({ labels }: DeviceRecord, { loadLabel }: PlanLimits): number => {
  const told = loadLabel === undefined ? 1 : Number(labels[loadLabel] ?? 1);
  return Number.isInteger(told) && told >= 1 && told <= weightMax ? told : 1;
};
