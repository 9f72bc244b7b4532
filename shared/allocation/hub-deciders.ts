import { deviceCountMax, type Hub, rampOf } from '../domain/hub.ts';
import { type HubTable, intakeOf } from '../domain/hub-table.ts';
import type { Instant } from '../domain/instant.ts';
import { type Intake, intakeMinutes } from '../domain/intake.ts';
import { no, throttle, type Verdict, yes } from './verdict.ts';

/** What a hub itself says to any newcomer, by a snapshot. */
export type HubVerdicts = Readonly<Record<'linked' | 'open' | 'room' | 'health', Verdict>>;

export const judgeHub = (hub: Hub, table: HubTable): HubVerdicts => {
  const intake = intakeOf(table, hub.hostName);
  return {
    linked: yes('linked', 'DPS named it'),
    open: hub.state === 'open' ? yes('open', 'it is open') : no('open', `it is ${hub.state}`),
    room: judgeRoom(hub, intake, table),
    health: judgeHealth(intake),
  };
};

export const judgeUnlisted = (): HubVerdicts => ({
  linked: no('linked', 'it is not in the hub table'),
  open: yes('open', 'nothing is known of it'),
  room: yes('room', 'nothing is known of it'),
  health: yes('health', 'nothing is known of it'),
});

/** How many devices it has: as counted, and those that turned up since. */
export const loadOf = ({ deviceCount }: Hub, { arrived }: Intake): number | undefined =>
  deviceCount === undefined ? undefined : deviceCount + arrived;

/**
 * Identities that DPS may make a minute on a hub of one unit: a hub that is joining is given no more, until it has its whole weight.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 */
const joiningIntakeMax = 100;

const judgeRoom = (hub: Hub, intake: Intake, { begunAt, takenAt: now }: HubTable): Verdict => {
  const [load, most] = [loadOf(hub, intake), deviceCountMax(hub)];
  if (load !== undefined && load >= most) {
    const why = most < hub.capacity ? 'its daily quota serves' : 'it may hold';
    return no('room', `it has ${load} devices, of ${most} that ${why}`);
  }
  const quota = judgeQuota(hub, now);
  if (quota) return quota;
  const joining = rampOf(hub, begunAt, now) < 1;
  const intakeMax = hub.intakePerMinuteMax ?? (joining ? joiningIntakeMax : undefined);
  if (intakeMax !== undefined && intake.answeredPerMinute >= intakeMax) {
    const answered = Math.round(intake.answeredPerMinute);
    return throttle('room', `${answered} newcomers a minute, of ${intakeMax}`);
  }
  return yes('room', load === undefined ? 'it was never counted' : `${load} devices, of ${most}`);
};

const dayMs = 24 * 60 * 60_000;
/** Too early in the day a few messages look like many. */
const dayShareLeast = 1 / 24;

/** Of today, UTC: yesterday's messages say nothing. */
const judgeQuota = ({ daily }: Hub, now: Instant): Verdict | undefined => {
  const { messageCountMax = 0, messageCount, measuredAt } = daily ?? {};
  if (messageCount === undefined || measuredAt === undefined) return undefined;
  if (Math.floor(measuredAt / dayMs) !== Math.floor(now / dayMs)) return undefined;
  if (messageCount >= messageCountMax)
    return no('room', `its daily quota of ${messageCountMax} messages is spent`);
  const projected = messageCount / Math.max(dayShareLeast, (measuredAt % dayMs) / dayMs);
  return projected > messageCountMax
    ? throttle('room', `at this rate its daily quota of ${messageCountMax} messages will be spent`)
    : undefined;
};

/** Fewer tell nothing. */
const answersLeast = 10;
const confirmedShareLeast = 0.5;

/** A hub that is passed over gets no more answers, so that its counts run out, and it is tried again. */
const judgeHealth = ({ confirmed, inVain }: Intake): Verdict => {
  const settled = confirmed + inVain;
  const told = `${confirmed} of ${settled} devices that were answered it turned up in ${intakeMinutes} minutes`;
  if (settled < answersLeast) return yes('health', settled === 0 ? 'no news of it' : told);
  return confirmed < confirmedShareLeast * settled ? throttle('health', told) : yes('health', told);
};
