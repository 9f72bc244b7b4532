import type { DeviceRecord, Traits } from '../domain/device.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import { deviceCountMax, type HubHostName } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';
import { isBasicTier } from '../domain/quota.ts';

/** What a look at a hub's twin of the device showed; `unseen`: nobody has looked. */
export type TwinFacts =
  | ({ readonly kind: 'found' } & Traits)
  | { readonly kind: 'absent' | 'silent' | 'unseen' };

/** What decides whether a device can be moved at all. */
export type DeviceFacts = {
  readonly record: DeviceRecord;
  /** As the webhook or the DPS told it; undefined: nobody has. */
  readonly enrollment: Enrollment | undefined;
  readonly onSource: TwinFacts;
  /** Its hub's edition, where that is known. */
  readonly sourceTier: string | undefined;
  /** Whether the plan allows the reset policy, which wipes the twin. */
  readonly resetAllowed: boolean;
  /** Whether it is moved into quarantine or out of it: nothing else moves a device that is in it, or pinned. */
  readonly yieldsPin: boolean;
};

/** What decides whether it can be moved there. */
export type TargetFacts = {
  readonly record: DeviceRecord;
  readonly enrollment: Enrollment | undefined;
  readonly table: HubTable;
  readonly to: HubHostName;
  readonly onTarget: TwinFacts;
  /** Why the placement policy does not allow it there; undefined where it does. */
  readonly barred: string | undefined;
};

export type MovableFacts = DeviceFacts & TargetFacts;

/** Whether a device can be moved, with the sentence that says why not, or what is not known. The first `no` speaks. */
export type Movable =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' | 'unknown'; readonly because: string };

export const movable = (facts: MovableFacts): Movable =>
  verdictOf([...doubtsOfDevice(facts), ...doubtsOfTarget(facts), ...doubtsOfRoom(facts)]);

export const verdictOf = (doubts: readonly Movable[]): Movable =>
  doubts.find(({ kind }) => kind === 'no') ?? doubts[0] ?? { kind: 'yes' };

const no = (because: string): Movable => ({ kind: 'no', because });
const unknown = (because: string): Movable => ({ kind: 'unknown', because });

/** Wherever it were to go. */
export const doubtsOfDevice = (facts: DeviceFacts): readonly Movable[] => [
  ...ofRecord(facts),
  ...ofPolicy(facts),
  ...ofTier(facts.sourceTier),
  ...ofSource(facts.onSource),
];

/** Of this target alone. */
export const doubtsOfTarget = ({
  record,
  enrollment,
  table,
  to,
  onTarget,
  barred,
}: TargetFacts): readonly Movable[] => {
  const hub = table.hubs.get(to);
  const found: Movable[] = [];
  if (!hub) found.push(no(`${to} is not in the hub table`));
  else if (hub.state !== 'open') found.push(no(`${to} is ${hub.state}`));
  if (barred !== undefined) found.push(no(`${to} is not for it: ${barred}`));
  if (record.observed?.hub === to) found.push(no(`it is on ${to} already`));
  if (enrollment) found.push(...doubtsOfEnrollment(enrollment, to));
  if (onTarget.kind === 'found' || record.ghosts.includes(to))
    found.push(no(`${to} holds an identity of it already`));
  if (onTarget.kind === 'silent') found.push(unknown(`${to} could not be asked`));
  return found;
};

/** As it is now: a plan that makes room first does not ask. */
const doubtsOfRoom = ({ table, to }: TargetFacts): readonly Movable[] => {
  const hub = table.hubs.get(to);
  return hub?.deviceCount !== undefined && hub.deviceCount >= deviceCountMax(hub)
    ? [no(`${to} is at its capacity`)]
    : [];
};

/** Whether DPS would put its devices there. */
export const doubtsOfEnrollment = (
  { id, hubs, linked }: Enrollment,
  to: HubHostName,
): readonly Movable[] => {
  if (hubs && !hubs.includes(to)) return [no(`its enrollment ${id} is not allowed on ${to}`)];
  return linked && !linked.includes(to)
    ? [unknown(`${to} was not linked to its DPS when its enrollment ${id} last called`)]
    : [];
};

const ofRecord = ({ record, yieldsPin }: DeviceFacts): readonly Movable[] => {
  const { observed, conflictsWith, finding, move } = record;
  const found: Movable[] = [];
  if (conflictsWith !== undefined)
    found.push(no(`it shares its key with the device ${conflictsWith}`));
  if (move) found.push(no(`its move ${move.id} is under way`));
  if (finding?.kind === 'missing' || finding?.kind === 'decommissioned')
    found.push(no(`it is ${finding.kind}`));
  if (!observed) found.push(no('it was never seen on a hub'));
  if (record.pin && !yieldsPin) found.push(no(`it is pinned: ${record.pin.because}`));
  if (record.quarantine && !yieldsPin)
    found.push(no(`it is in quarantine: ${record.quarantine.because}`));
  return found;
};

const ofPolicy = ({ enrollment, resetAllowed }: DeviceFacts): readonly Movable[] => {
  if (!enrollment) return [unknown('nothing is known of its enrollment')];
  const { id, reprovision, asksUs } = enrollment;
  if (!asksUs) return [no(`its enrollment ${id} does not ask our webhook`)];
  if (reprovision === 'never') return [no(`its enrollment ${id} never moves a device`)];
  if (reprovision === 'reset' && !resetAllowed)
    return [no(`its enrollment ${id} would reset its twin`)];
  return [];
};

const ofTier = (tier: string | undefined): readonly Movable[] =>
  isBasicTier(tier) ? [no(`its hub is ${tier}: a Basic hub cannot ask a device anything`)] : [];

const ofSource = (onSource: TwinFacts): readonly Movable[] => {
  switch (onSource.kind) {
    case 'absent':
      return [no('its hub holds no identity of it')];
    case 'silent':
      return [unknown('its hub could not be asked')];
    case 'unseen':
      return [unknown('its twin was never looked at')];
    case 'found': {
      const found: Movable[] = [];
      if (!onSource.enabled) found.push(no('its identity is disabled'));
      if (onSource.iotEdge) found.push(no('it is an IoT Edge device'));
      if (!onSource.advertises)
        found.push(unknown('its firmware does not say that it keeps the device contract'));
      return found;
    }
  }
};
