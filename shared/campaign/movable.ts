import type { DeviceRecord } from '../domain/device.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import { deviceCountMax, type HubHostName } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';

/** What a look at a hub's twin of the device showed. */
export type TwinFacts =
  | {
      readonly kind: 'found';
      readonly enabled: boolean;
      readonly iotEdge: boolean;
      /** Whether its firmware says, in a reported property, that it keeps the device contract. */
      readonly advertises: boolean;
    }
  | { readonly kind: 'absent' | 'silent' };

export type MovableFacts = {
  readonly record: DeviceRecord;
  /** As the webhook learnt it; undefined: our webhook was never called by it. */
  readonly enrollment: Enrollment | undefined;
  readonly table: HubTable;
  readonly to: HubHostName;
  readonly onSource: TwinFacts;
  readonly onTarget: TwinFacts;
  /** Whether the plan allows the reset policy, which wipes the twin. */
  readonly resetAllowed: boolean;
  /** Why the placement policy does not allow it there; undefined where it does. */
  readonly barred: string | undefined;
  /** Whether it is moved into quarantine or out of it: nothing else moves a device that is in it, or pinned. */
  readonly yieldsPin: boolean;
};

/** Whether a device can be moved, with the sentence that says why not, or what is not known. The first `no` speaks. */
export type Movable =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' | 'unknown'; readonly because: string };

export const movable = (facts: MovableFacts): Movable => {
  const doubts = [...ofRecord(facts), ...ofEnrollment(facts), ...ofTwins(facts)];
  return doubts.find(({ kind }) => kind === 'no') ?? doubts[0] ?? { kind: 'yes' };
};

const no = (because: string): Movable => ({ kind: 'no', because });
const unknown = (because: string): Movable => ({ kind: 'unknown', because });

const ofRecord = ({ record, table, to, yieldsPin, barred }: MovableFacts): readonly Movable[] => {
  const { observed, conflictsWith, finding, move } = record;
  const hub = table.hubs.get(to);
  const found: Movable[] = [];
  if (conflictsWith !== undefined)
    found.push(no(`it shares its key with the device ${conflictsWith}`));
  if (!hub) found.push(no(`${to} is not in the hub table`));
  else if (hub.state !== 'open') found.push(no(`${to} is ${hub.state}`));
  else if (hub.deviceCount !== undefined && hub.deviceCount >= deviceCountMax(hub))
    found.push(no(`${to} is at its capacity`));
  if (barred !== undefined) found.push(no(`${to} is not for it: ${barred}`));
  if (move) found.push(no(`its move ${move.id} is under way`));
  if (observed?.hub === to) found.push(no(`it is on ${to} already`));
  if (finding?.kind === 'missing' || finding?.kind === 'decommissioned')
    found.push(no(`it is ${finding.kind}`));
  if (!observed) found.push(no('it was never seen on a hub'));
  if (record.pin && !yieldsPin) found.push(no(`it is pinned: ${record.pin.because}`));
  if (record.quarantine && !yieldsPin)
    found.push(no(`it is in quarantine: ${record.quarantine.because}`));
  return found;
};

const ofEnrollment = ({ enrollment, to, resetAllowed }: MovableFacts): readonly Movable[] => {
  if (!enrollment) return [unknown('its enrollment has never called the webhook')];
  const { id, reprovision, hubs, linked } = enrollment;
  if (reprovision === 'never') return [no(`its enrollment ${id} never moves a device`)];
  if (reprovision === 'reset' && !resetAllowed)
    return [no(`its enrollment ${id} would reset its twin`)];
  if (hubs && !hubs.includes(to)) return [no(`its enrollment ${id} is not allowed on ${to}`)];
  if (linked && !linked.includes(to))
    return [unknown(`${to} was not linked to its DPS when its enrollment ${id} last called`)];
  return [];
};

const ofTwins = ({ onSource, onTarget, to }: MovableFacts): readonly Movable[] => {
  const found: Movable[] = [];
  if (onTarget.kind === 'found') found.push(no(`${to} holds an identity of it already`));
  if (onTarget.kind === 'silent') found.push(unknown(`${to} could not be asked`));
  switch (onSource.kind) {
    case 'absent':
      found.push(no('its hub holds no identity of it'));
      break;
    case 'silent':
      found.push(unknown('its hub could not be asked'));
      break;
    case 'found':
      if (!onSource.enabled) found.push(no('its identity is disabled'));
      if (onSource.iotEdge) found.push(no('it is an IoT Edge device'));
      if (!onSource.advertises)
        found.push(unknown('its firmware does not say that it keeps the device contract'));
  }
  return found;
};
