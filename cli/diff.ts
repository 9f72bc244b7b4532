import { type AllocationQuestion, allocate } from '../shared/allocation/allocate.ts';
import { judgeAll } from '../shared/allocation/explain.ts';
import { type DeviceFacts, dependsOnPayload, placementOf } from '../shared/allocation/placement.ts';
import { factsOf } from '../shared/allocation/registration.ts';
import { type Roster, rosterOf } from '../shared/allocation/roster.ts';
import { hubTable } from '../shared/domain/hub-table.ts';
import type { Policy } from '../shared/domain/policy.ts';
import type { FleetFile } from '../shared/wire/fleet-view.ts';

type Device = FleetFile['devices'][number];

/** A device that two policies would place differently, as newcomers. */
export type Difference = {
  readonly deviceId: string;
  /** Where it is. */
  readonly on: string | undefined;
  readonly from: string;
  readonly to: string;
  /** Why no longer the one, or why not yet the other. */
  readonly because: string;
};

export type Diff = {
  readonly differences: readonly Difference[];
  /** Devices whose rules look at what they send, which is kept nowhere. */
  readonly undetermined: number;
  /** Devices of whose enrollment it is not known which hubs DPS would name. */
  readonly unknown: number;
};

const slackPercent = 5;

/** Every device of a fleet, placed by either policy as if it had no hub yet. */
export const diffPolicies = (fleet: FleetFile, one: Policy, other: Policy): Diff => {
  const table = hubTable(fleet.hubs, fleet.takenAt);
  const rosters = [one, other].map((policy) => rosterOf(table, policy, slackPercent));
  const [before, after] = rosters as [Roster, Roster];
  const differences: Difference[] = [];
  let [undetermined, unknown] = [0, 0];
  for (const device of fleet.devices) {
    const enrollment = device.enrollment ? fleet.enrollments[device.enrollment] : undefined;
    if (!enrollment?.linked) {
      unknown += 1;
      continue;
    }
    const facts = factsOf(device, enrollment);
    if (
      [one, other].some((policy) => dependsOnPayload(policy, facts) || goesByLatency(policy, facts))
    ) {
      undetermined += 1;
      continue;
    }
    const question = questionOf(device, facts, enrollment.linked);
    const [from, to] = [allocate(question, before).hub, allocate(question, after).hub];
    if (from === to) continue;
    const because =
      against(question, after, from) ?? against(question, before, to) ?? 'another strategy';
    differences.push({ deviceId: device.deviceId, on: device.hub, from, to, because });
  }
  return { differences, undetermined, unknown };
};

const questionOf = (
  { registrationId, quarantined }: Device,
  facts: DeviceFacts,
  linkedHubs: readonly string[],
): AllocationQuestion => ({
  registrationId,
  linkedHubs,
  currentHub: undefined,
  reprovision: 'migrate',
  facts,
  triedInVain: new Set(),
  released: undefined,
  isQuarantined: quarantined,
});

const goesByLatency = (policy: Policy, facts: DeviceFacts): boolean =>
  placementOf(policy, facts).strategy === 'lowestLatency' && facts.region === undefined;

/** What speaks against a hub: `rule eu wants a hub in westeurope`. */
const against = (question: AllocationQuestion, roster: Roster, hub: string): string | undefined => {
  const judged = judgeAll(question, roster).find(({ spelled }) => spelled === hub);
  return judged?.verdicts.find(({ says }) => says !== 'yes')?.because;
};

const shownMax = 20;

/** The moves by kind, most first, and the first devices. */
export const sayDiff = (
  fleet: FleetFile,
  { differences, undetermined, unknown }: Diff,
  say: (line: string) => void,
): void => {
  const all = fleet.devices.length;
  say(`${differences.length} of ${all} devices would be placed differently, as newcomers.`);
  if (undetermined > 0)
    say(`${undetermined} depend on what they send when they register, which is kept nowhere.`);
  if (unknown > 0)
    say(
      `${unknown} are of enrollments whose hubs are not known: they never reprovision, or have not called the webhook yet.`,
    );
  const kinds = Map.groupBy(differences, ({ from, to, because }) => `${from} → ${to}: ${because}`);
  const most = [...kinds].toSorted(([, one], [, other]) => other.length - one.length);
  if (most.length > 0) say('');
  for (const [kind, devices] of most) say(`${String(devices.length).padStart(8)}  ${kind}`);
  if (differences.length > 0) say('');
  for (const { deviceId, on, from, to } of differences.slice(0, shownMax))
    say(`  ${deviceId}: ${from} → ${to}, now on ${on ?? 'no hub'}`);
  if (differences.length > shownMax)
    say(`  … and ${differences.length - shownMax} more: --json tells them all`);
  if (differences.length > 0)
    say('\nNo device moves by a policy alone: residents stay until a move of theirs is ordered.');
};
