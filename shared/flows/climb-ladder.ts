import { type Campaign, logged, type Reset } from '../campaign/campaign.ts';
import { nextRung } from '../campaign/ladder.ts';
import { rowCountsOf } from '../campaign/wave.ts';
import { type DeviceRecord, deviceKey } from '../domain/device.ts';
import type { Instant } from '../domain/instant.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords } from '../ports/device-records.ts';
import type { Dice } from '../ports/dice.ts';
import type { Enrollments } from '../ports/enrollments.ts';
import type { ProvisioningRepair } from '../ports/provisioning-repair.ts';
import type { CampaignPages } from './campaign-pages.ts';

export type LadderPorts = {
  readonly records: DeviceRecords;
  readonly enrollments: Enrollments;
  readonly repair: ProvisioningRepair;
  readonly dice: Dice;
  readonly deadline: Deadline;
};

/** Answers the campaign after it: with what was put under the reset policy, and what it could not do. */
export type ClimbLadder = (campaign: Campaign, now: Instant) => Promise<Campaign>;

const timeoutMs = 5_000;
/**
 * From one look to the next, and so many devices each, two operations of the DPS for each at most: of its 1,000 a minute 400.
 * @see https://learn.microsoft.com/azure/iot-dps/about-iot-dps#quotas-and-limits
 */
const everyMs = 15_000;
const lookedAtMax = 50;

/** Off a dead hub: devices that have come, and that DPS could not move. What is changed at DPS is written to the campaign first. */
export const climbLadder = (ports: LadderPorts, pages: CampaignPages): ClimbLadder => {
  let lookedAt = 0;
  let from: number | undefined;
  return async (campaign, now) => {
    const { order, state } = campaign;
    const isOff = order.goal.kind === 'evacuate' && order.source.kind === 'plan';
    if (!isOff || state.kind !== 'running' || now - lookedAt < everyMs) return campaign;
    lookedAt = now;
    const open = pages.open(rowCountsOf(campaign.waves).length);
    // Each run begins elsewhere: those that cannot be helped must not hide the others.
    from ??= Math.floor(ports.dice.draw() * open.length);
    from = from < open.length ? from : 0;
    const looked = open.slice(from, from + lookedAtMax);
    from += lookedAtMax;
    let after = await setResets(ports, campaign, now);
    for (const { page, row } of looked) {
      const move = (await pages.rowsOf(page))[row];
      const key = move && deviceKey(order.scope, move.deviceId);
      const kept =
        key && (await ports.deadline(timeoutMs, (signal) => ports.records.read(key, signal)));
      if (kept) after = await help(ports, after, kept.record, now);
    }
    return after;
  };
};

const help = async (
  ports: LadderPorts,
  campaign: Campaign,
  record: DeviceRecord,
  now: Instant,
): Promise<Campaign> => {
  const { order, resets } = campaign;
  const { move, registrationId, enrollment: key } = record;
  if (move?.campaignId !== order.id || key === undefined) return campaign;
  const state = await ports.repair.stateOf(order.scope, registrationId);
  const failedAt = state.kind === 'failed' ? state.at : undefined;
  const known = resets.find((one) => one.key === key);
  if (known && known.setAt === undefined) return campaign; // it is about to be
  const resetAt = known?.setAt;
  const { triggeredAt } = move;
  switch (nextRung({ failedAt, triggeredAt, resetAt }, order.limits.ladder)) {
    case 'reset':
      return resets.length < resetsMax
        ? planReset(ports, campaign, key, now)
        : told(campaign, stuck, tooMany, now);
    case 'delete':
      await ports.repair.forget(order.scope, registrationId);
      return campaign;
    case 'none':
      return told(campaign, stuck, why, now);
    case undefined:
      return campaign;
  }
};

const stuck = 'the ladder goes no further';
const why =
  'DPS could not move a device off the dead hub: the limit ladder lets it reset twins, or delete registration records';

/** Of individual enrollments there may be as many as devices: what is put back afterwards stands in the campaign. */
const resetsMax = 2_000;
const tooMany = `${resetsMax} enrollments are under the reset policy: the others take a person`;

const planReset = async (
  { enrollments, deadline }: LadderPorts,
  campaign: Campaign,
  key: string,
  now: Instant,
): Promise<Campaign> => {
  const { resets } = campaign;
  const enrollment = await deadline(timeoutMs, (signal) => enrollments.read(key, signal));
  if (!enrollment) return campaign;
  const { kind, id, reprovision } = enrollment;
  if (reprovision === 'never') return campaign;
  const planned: Reset = { key, kind, id, before: reprovision, at: now };
  const what = kind === 'group' ? `reset ${id}` : 'reset individual enrollments';
  return told({ ...campaign, resets: [...resets, planned] }, what, 'DPS cannot migrate', now);
};

/** What the campaign says already that it does; one that fails is tried again. */
const setResets = async (
  { repair }: LadderPorts,
  campaign: Campaign,
  now: Instant,
): Promise<Campaign> => {
  const { order, resets } = campaign;
  const waiting = resets.filter(({ setAt }) => setAt === undefined).slice(0, lookedAtMax);
  const set = new Set<string>();
  for (const { key, kind, id } of waiting) {
    await repair.setReprovision(order.scope, { kind, id }, 'reset');
    set.add(key);
  }
  if (set.size === 0) return campaign;
  return {
    ...campaign,
    resets: resets.map((one) => (set.has(one.key) ? { ...one, setAt: now } : one)),
  };
};

/** Once. */
const told = (campaign: Campaign, what: string, because: string, at: Instant): Campaign =>
  campaign.log.some((entry) => entry.what === what)
    ? campaign
    : logged(campaign, { at, by: 'rehome', what, because });

/** Once the campaign is over, enrollments are as they were. */
export const restoreEnrollments = async (
  { repair }: Pick<LadderPorts, 'repair'>,
  { order, resets }: Campaign,
): Promise<void> => {
  const faults: unknown[] = [];
  for (const { kind, id, before } of resets)
    await repair.setReprovision(order.scope, { kind, id }, before).catch((fault: unknown) => {
      faults.push(fault); // the others are put back all the same
    });
  if (faults.length > 0) throw new AggregateError(faults, `Put back: ${faults.join('; ')}`);
};
