import type { TakesToken } from '../identity/identity.ts';
import type { IotHub } from '../iot-hub/hub.ts';
import type { Json, JsonObject } from '../json.ts';
import { parseSas, sasProves } from '../sas.ts';
import { randomKey, type World } from '../world.ts';
import { dpsError } from './dps-error.ts';
import type { Enrollment } from './enrollment.ts';
import { dpsQuotas, type Meter, newMeter, type Quota } from './quota.ts';
import { likeliest, type Undocumented } from './undocumented.ts';

export type LinkedHub = {
  readonly hub: IotHub;
  readonly applyAllocationPolicy: boolean;
  /** False plays a hub that is down: DPS can neither write to it nor read from it. */
  reachable: boolean;
};

export type Registration = {
  readonly registrationId: string;
  readonly createdDateTimeUtc: string;
  status: 'unassigned' | 'assigning' | 'assigned' | 'failed' | 'disabled';
  assignedHub: string | undefined;
  deviceId: string | undefined;
  substatus: string | undefined;
  errorCode: number | undefined;
  errorMessage: string | undefined;
  payload: Json | undefined;
  lastUpdatedDateTimeUtc: string;
  etag: string;
  /** The key of the enrollment that it last registered by. */
  enrollment: string;
};

/** One registration under way, or the last one. */
export type Operation = {
  readonly operationId: string;
  status: Registration['status'];
  /** Settles when it is no longer `assigning`. */
  readonly done: Promise<void>;
  readonly polls: Meter;
};

/** Posts the allocation request; undefined when there was no answer in time. */
export type CallWebhook = (
  url: string,
  body: JsonObject,
  timeoutMs: number,
) => Promise<{ readonly status: number; readonly body: unknown } | undefined>;

/** The core of a DPS, without sockets: its state. What it does stands beside it. It throws a `DpsError` for what Azure refuses. */
export type Dps = {
  readonly hostName: string;
  readonly idScope: string;
  readonly key: string;
  readonly world: World;
  readonly callWebhook: CallWebhook;
  readonly takesToken: TakesToken;
  readonly undocumented: Undocumented;
  readonly quotas: Readonly<Record<keyof typeof dpsQuotas, Quota>>;
  /** What a busy operation tells the device to wait, in seconds. */
  readonly retryAfterSeconds: number;
  /** By host name. */
  readonly linkedHubs: Map<string, LinkedHub>;
  readonly enrollments: Map<string, Enrollment>;
  /** By registration id in lower case. */
  readonly registrations: Map<string, Registration>;
  readonly operations: Map<string, Operation>;
  readonly registrationMeter: Meter;
  readonly operationMeter: Meter;
};

export type DpsOptions = {
  readonly hostName: string;
  readonly idScope: string;
  readonly hubs: readonly IotHub[];
  readonly callWebhook: CallWebhook;
  readonly undocumented?: Partial<Undocumented>;
  readonly quotas?: Partial<Dps['quotas']>;
  readonly retryAfterSeconds?: number;
  /** Which back ends without a key come in. Left out: every one. */
  readonly takesToken?: TakesToken;
};

const policyName = 'provisioningserviceowner';

export const createDps = (
  {
    hubs,
    undocumented,
    quotas,
    retryAfterSeconds = 3,
    takesToken = () => true,
    ...options
  }: DpsOptions,
  world: World,
): Dps => ({
  ...options,
  world,
  retryAfterSeconds,
  takesToken,
  key: randomKey(world),
  undocumented: { ...likeliest, ...undocumented },
  quotas: { ...dpsQuotas, ...quotas },
  linkedHubs: new Map(
    hubs.map((hub) => [hub.hostName, { hub, applyAllocationPolicy: true, reachable: true }]),
  ),
  enrollments: new Map(),
  registrations: new Map(),
  operations: new Map(),
  registrationMeter: newMeter(),
  operationMeter: newMeter(),
});

export const dpsConnectionString = ({ hostName, key }: Dps): string =>
  `HostName=${hostName};SharedAccessKeyName=${policyName};SharedAccessKey=${key}`;

/** A back end: by the DPS's key, or by a token of its identity. */
export const authorizeOperator = (
  { hostName, key, world, takesToken }: Dps,
  authorization: string | undefined,
): void => {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (token !== undefined && takesToken(token)) return;
  if (sasProves(parseSas(authorization), hostName, [key], world.now())) return;
  throw dpsError(401, 401002, 'Unauthorized');
};

/** Enrollments of both kinds in one map. */
export const enrollmentKey = (kind: Enrollment['kind'], id: string): string =>
  `${kind}/${id.toLowerCase()}`;
