import { createHash } from 'node:crypto';
import type { Brand } from './brand.ts';
import type { HubHostName } from './hub.ts';
import { type Instant, instant } from './instant.ts';
import type { Move, MoveId, Verdict } from './move.ts';
import type { Scope } from './scope.ts';

/** What a device calls itself at DPS, folded to lower case: DPS ignores its case, as hubs do not ignore a deviceId's. */
export type RegistrationId = Brand<string, 'RegistrationId'>;

export const registrationId = (spelled: string): RegistrationId =>
  spelled.toLowerCase() as RegistrationId;

/**
 * The longest registration id that DPS takes.
 * @see https://learn.microsoft.com/azure/iot-dps/concepts-service#registration-id
 */
export const registrationIdLengthMax = 128;

/** Where a device's record is kept. */
export type DeviceKey = { readonly id: string; readonly slice: string };

/** How many slices the records are spread over. It cannot change: a slice is computed from the id. */
const sliceCount = 4_096;

/**
 * Scope and deviceId, folded to lower case, because a registration id is, and with what Cosmos forbids in an id escaped:
 * `main:pump%2f7`. @see https://learn.microsoft.com/rest/api/cosmos-db/documents
 */
export const deviceKey = (scope: Scope, deviceId: string): DeviceKey => {
  const escaped = deviceId
    .toLowerCase()
    .replaceAll(/[%/\\?#]/g, encodeURIComponent)
    .toLowerCase();
  const id = `${scope}:${escaped}`;
  const slice = createHash('sha256').update(id).digest().readUInt16BE() % sliceCount;
  return { id, slice: `s${String(slice).padStart(4, '0')}` };
};

/** A hub that evidence last saw the device on: a fact, which follows evidence. */
export type Observation = { readonly hub: HubHostName; readonly at: Instant };

/** A hub that DPS was answered and that nothing has confirmed yet: a reply is not an outcome. It is not load. */
export type PendingAnswer = {
  readonly hub: HubHostName;
  /** How often it was answered. */
  readonly calls: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Hubs that were answered before it in vain. */
  readonly tried: readonly HubHostName[];
};

/** What Rehome knows of a device. */
export type DeviceRecord = {
  readonly scope: Scope;
  /** As spelled where DPS or the enrollment gave it, else the registration id. */
  readonly deviceId: string;
  readonly registrationId: RegistrationId;
  /** The hub that it should be on: our wish. */
  readonly home: HubHostName | undefined;
  readonly observed: Observation | undefined;
  /** The key of the enrollment that it last registered by (`enrollmentKey`). */
  readonly enrollment: string | undefined;
  readonly pending: PendingAnswer | undefined;
  /** Another deviceId that differs from this one in case alone, and so shares its key: such a device is not movable. */
  readonly conflictsWith: string | undefined;
  /** The move under way [M1]. */
  readonly move: Move | undefined;
  readonly leftover: Leftover | undefined;
  /** What is wrong with it, for a person or a campaign to mend. */
  readonly finding: Finding | undefined;
  /** How often it turned up elsewhere than at home, of late. */
  readonly strayed: number;
  /** Hubs that hold an identity of it, though it lives on another. */
  readonly ghosts: readonly HubHostName[];
  /** What operators say of it, for rules to go by: `{ tenant: 'contoso', region: 'westeurope' }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** What it says of itself that rules go by, and when that is taken for true. */
  readonly claimed: Claimed | undefined;
  /** It is to stay where it is, but for quarantine and for a hub that is closed. */
  readonly pin: Order | undefined;
  readonly quarantine: Quarantine | undefined;
  /** When its last move ended, unless it was called off or superseded: it is left in peace for a while. */
  readonly lastMoveAt: Instant | undefined;
  /** The move that was settled last, however it ended: whoever began it hears of it here. */
  readonly lastMove: LastMove | undefined;
  /** What its twin showed when it was last looked at; undefined: never. */
  readonly traits: Traits | undefined;
};

export type LastMove = {
  readonly id: MoveId;
  readonly verdict: Verdict;
  readonly gapMs: number | undefined;
  /** It was heard from on its target, whatever else was not proved. */
  readonly heard: boolean;
  /** From the trigger to the verdict. */
  readonly tookMs: number;
};

/** What of a device's twin says whether it can be moved. */
export type Traits = {
  readonly enabled: boolean;
  readonly iotEdge: boolean;
  /** Whether its firmware says, in a reported property, that it keeps the device contract. */
  readonly advertises: boolean;
};

/** `null`: it says that no more. */
export type Claimed = {
  readonly labels: Readonly<Record<string, string | null>>;
  readonly nextAt: Instant;
};

/** What somebody ordered, and why. */
export type Order = { readonly since: Instant; readonly because: string; readonly by: string };

/** A suspect device: it is answered the quarantine's hub, until somebody lets it return. */
export type Quarantine = Order & {
  /** Where it was before; undefined where it began there. */
  readonly returnTo: HubHostName | undefined;
};

/**
 * What is still to be done after moves: their requests may stand in the twins on these hubs, and where one was not proved, it is yet to
 * be seen where the device came to be. It waits while another move is open.
 */
export type Leftover = {
  readonly moves: readonly MoveId[];
  readonly hubs: readonly HubHostName[];
  readonly since: Instant;
  readonly nextAt: Instant;
};

/**
 * What may be wrong with where a device is:
 *
 *     missing         its identity was deleted, and has not been seen elsewhere
 *     decommissioned  missing, and later absent from every linked hub and from DPS
 *     stray           it turned up on a hub that is not its home
 *     contested       a stray that was sent home in vain, several times: for a person
 *     splitHome       several hubs hold its identity, and it was at work on none of them
 */
export const findingKinds = [
  'missing',
  'decommissioned',
  'stray',
  'contested',
  'splitHome',
] as const;
export type Finding = {
  readonly kind: (typeof findingKinds)[number];
  /** The hub that it was found out on. */
  readonly hub: HubHostName;
  readonly since: Instant;
  /** When it is looked for again: of a missing one. */
  readonly nextAt: Instant | undefined;
};

/** A device that nothing is known of but its names. */
export const newDeviceRecord = (
  scope: Scope,
  deviceId: string,
  names: { readonly registrationId?: RegistrationId } = {},
): DeviceRecord => ({
  scope,
  deviceId,
  registrationId: names.registrationId ?? registrationId(deviceId),
  home: undefined,
  observed: undefined,
  enrollment: undefined,
  pending: undefined,
  conflictsWith: undefined,
  move: undefined,
  leftover: undefined,
  finding: undefined,
  strayed: 0,
  ghosts: [],
  labels: {},
  claimed: undefined,
  pin: undefined,
  quarantine: undefined,
  lastMoveAt: undefined,
  lastMove: undefined,
  traits: undefined,
});

/**
 * A device after it was seen on another hub than before. An answer that was pending there is confirmed; what was wrong with where it was
 * is over; and a hub that is not its home makes it a stray, unless it is being moved, or has none yet.
 */
export const observedOn = (record: DeviceRecord, seen: Observation): DeviceRecord => {
  const { home, move, pending, ghosts } = record;
  const isAstray = home !== undefined && home !== seen.hub && !move;
  const isLate = record.observed !== undefined && seen.at - record.observed.at > forgottenMs;
  const strayed = isAstray ? (isLate ? 1 : record.strayed + 1) : record.strayed;
  const kind = strayed > straysMax ? 'contested' : 'stray';
  return {
    ...record,
    observed: seen,
    pending: pending?.hub === seen.hub ? undefined : pending,
    ghosts: ghosts.includes(seen.hub) ? ghosts.filter((ghost) => ghost !== seen.hub) : ghosts,
    finding: isAstray ? { kind, hub: seen.hub, since: seen.at, nextAt: undefined } : undefined,
    strayed,
  };
};

/** One more than these, and somebody else sends it there. */
const straysMax = 3;
/** Who was at home for so long begins anew. */
const forgottenMs = 30 * 24 * 3_600_000;

/** When somebody has to look after it: undefined for nearly all of a fleet, nearly all of the time. */
export const nextAtOf = ({
  move,
  leftover,
  finding,
  claimed,
}: DeviceRecord): Instant | undefined => {
  if (move) return move.nextAt; // what else there is to do waits for it
  const times = [leftover?.nextAt, finding?.nextAt, claimed?.nextAt].filter(
    (at) => at !== undefined,
  );
  return times.length ? instant(Math.min(...times)) : undefined;
};
