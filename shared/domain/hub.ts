import type { Brand } from './brand.ts';
import type { Instant } from './instant.ts';

/** A hub's full host name, folded to lower case: `east.azure-devices.net`. Its spelling travels beside it, never in it. */
export type HubHostName = Brand<string, 'HubHostName'>;

/** [A1] Host names are compared without case, because DPS and people spell them both ways. */
export const hubHostName = (spelled: string): HubHostName => spelled.toLowerCase() as HubHostName;

/**
 * What a hub may be given.
 *
 *     open ⇄ cordoned    takes no new devices; its residents stay
 *     open ⇄ draining    cordoned, and a campaign moves its residents off
 *     any  ⇄ closed      presumed dead or retired: nobody is answered it
 */
export const hubStates = ['open', 'cordoned', 'draining', 'closed'] as const;
export type HubState = (typeof hubStates)[number];

export type Hub = {
  readonly hostName: HubHostName;
  readonly state: HubState;
  /** Its share of newcomers relative to the other hubs', as DPS's allocation weight: more than 0. */
  readonly weight: number;
  /** How many devices it may hold. */
  readonly capacity: number;
  /** How many devices it held when last counted; undefined until it has been. */
  readonly deviceCount: number | undefined;
  readonly countedAt: Instant | undefined;
  /** Where it is, by Azure's name: `westeurope`. */
  readonly region: string | undefined;
  /** Its edition: `S1`, `B2`. */
  readonly tier: string | undefined;
  /** How many units of that edition: most of its throttles grow with them. */
  readonly units: number;
  /** What rules may ask of it: `{ tenant: 'contoso' }`. */
  readonly tags: Readonly<Record<string, string>>;
  readonly daily: DailyMessages | undefined;
  /** When it was put into the hub table; undefined: longer ago than anybody knows. */
  readonly joinedAt: Instant | undefined;
  /** Newcomers a minute that it may be answered to; undefined: as many as come. */
  readonly intakePerMinuteMax: number | undefined;
  /** What Azure says is wrong with it; undefined: nothing. Campaigns are held at both its ends, and nobody is moved off it for that. */
  readonly trouble: Trouble | undefined;
  /** Of the newest word on that. */
  readonly troubleAt: Instant | undefined;
  /** Since when it gives no answer when its devices are to be counted. */
  readonly silentSince: Instant | undefined;
  /** When it was last asked in vain. */
  readonly silentAt: Instant | undefined;
};

export const troubles = ['unhealthy', 'failingOver', 'deleted'] as const;
export type Trouble = { readonly kind: (typeof troubles)[number]; readonly since: Instant };

/**
 * A hub's messages a day, from 00:00 UTC: past the quota it takes none.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 */
export type DailyMessages = {
  readonly messageCountMax: number;
  /** How many one of its devices sends: with it the quota bounds how many devices it can serve. */
  readonly perDevice: number | undefined;
  /** Today's, when last measured. */
  readonly messageCount: number | undefined;
  readonly measuredAt: Instant | undefined;
};

/**
 * Devices and modules that one IoT hub can hold.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 */
export const hubCapacityMax = 1_000_000;

/**
 * DPS's range for an allocation weight.
 * @see https://learn.microsoft.com/azure/iot-dps/how-to-use-allocation-policies
 */
export const hubWeightMax = 1_000;

/** A hub of which nothing is known but its name: DPS's own defaults stand in for what nobody has told us. */
export const untoldHub = (hostName: HubHostName): Hub => ({
  hostName,
  state: 'open',
  weight: 1,
  capacity: hubCapacityMax,
  deviceCount: undefined,
  countedAt: undefined,
  region: undefined,
  tier: undefined,
  units: 1,
  tags: {},
  daily: undefined,
  joinedAt: undefined,
  intakePerMinuteMax: undefined,
  trouble: undefined,
  troubleAt: undefined,
  silentSince: undefined,
  silentAt: undefined,
});

/** Two signs, for so long, that have nothing to do with each other: Azure says so, and it gives no answer. */
const deadMs = 30 * 60_000;

/** It is asked every minute. One that was not for so long is not silent: what came to nothing before stands alone. */
const silentGapMs = 150_000;

/** It gave no answer, now. */
export const silentNow = (hub: Hub, now: Instant): Hub => {
  const { silentSince, silentAt } = hub;
  const goesOn = silentAt !== undefined && now - silentAt <= silentGapMs;
  return { ...hub, silentSince: goesOn ? silentSince : now, silentAt: now };
};

/** Whether a hub is presumed dead without a person's word. */
export const isDead = ({ trouble, silentSince }: Hub, now: Instant): boolean =>
  trouble !== undefined &&
  silentSince !== undefined &&
  now - trouble.since >= deadMs &&
  now - silentSince >= deadMs;

/** A failover takes up to two hours, and nobody tells when it is over: a hub that answers again after so long is taken for well. */
const failoverMs = 30 * 60_000;

export const isFailedOver = ({ trouble }: Hub, now: Instant): boolean =>
  trouble?.kind === 'failingOver' && now - trouble.since >= failoverMs;

/** How many devices it may hold, by its capacity and by what its daily quota can serve. */
export const deviceCountMax = ({ capacity, daily }: Hub): number =>
  daily?.perDevice === undefined
    ? capacity
    : Math.min(capacity, Math.floor(daily.messageCountMax / daily.perDevice));

/** How long a hub that joins takes to its whole weight: an hour, in which its first devices show whether they arrive. */
const rampMs = 60 * 60_000;
const rampLeast = 0.05;

/** Hubs that are put into a new table take a while, and several instances may do it: they join nobody. */
const togetherMs = 10 * 60_000;

/** How much of its weight a hub has by then: 1, unless it has just joined hubs that were at work before, from `begunAt` on. */
export const rampOf = ({ joinedAt }: Hub, begunAt: Instant, now: Instant): number =>
  joinedAt === undefined || joinedAt - begunAt < togetherMs
    ? 1
    : Math.min(1, Math.max(rampLeast, (now - joinedAt) / rampMs));
