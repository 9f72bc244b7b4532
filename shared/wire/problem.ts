import type { z } from 'zod';

/** An answer of ours, in the shape that an HTTP trigger returns. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** None where the status has none. */
  readonly jsonBody?: unknown;
};

/** Why a request was not understood, or not granted. It names fields and never repeats what stood in them. */
export type Refusal = {
  readonly kind: 'refused';
  readonly because: keyof typeof problems;
  readonly errors: readonly FieldError[];
  /** A sentence about this very case. */
  readonly detail?: string;
  /** The device, where the request still told it: for the log. */
  readonly registrationId?: string;
};

/** `{ field: 'linkedHubs[2]', detail: 'Too small: expected string to have >=1 characters' }` */
export type FieldError = { readonly field: string; readonly detail: string };

/** The first problems tell enough, and keep the answer small: the others are counted. */
const errorCountMax = 5;

const problems = {
  'bad-request': [400, 'The request is not valid'],
  'bad-policy': [400, 'The policy is not valid'],
  unauthenticated: [401, 'Nobody is signed in'],
  'not-requested': [403, 'A change needs a header that another site cannot send'],
  'same-person': [409, 'Whoever asked for the plan does not approve it: another person does'],
  'key-reused': [409, 'That Idempotency-Key asked for something else'],
  forbidden: [403, 'The role does not allow this'],
  'unknown-scope': [404, 'There is no such scope'],
  'unknown-route': [404, 'There is no such thing'],
  'unknown-device': [404, 'Nothing is known of this device'],
  'unknown-enrollment': [404, 'Which hubs DPS would name for this device is not known yet'],
  'unknown-hub': [404, 'There is no such hub'],
  fault: [503, 'It failed on the way, and may be done in part: look before you try again'],
  'audit-away': [503, 'Nothing was done: the audit cannot be written, and nothing is done untold'],
  'hub-not-stored': [503, 'The hub table is not in the store yet: try again in a few seconds'],
  'unknown-plan': [404, 'There is no such plan'],
  'unknown-page': [404, 'The plan has no such page'],
  'unknown-campaign': [404, 'There is no such campaign'],
  'nothing-to-move': [409, 'The plan moves nobody'],
  'hash-differs': [409, 'That is not the hash of this plan: look at it again'],
  'plan-under-way': [409, 'The plan is being carried out already'],
  'breaker-tripped': [409, 'Nothing begins until a person has looked, and resets the breaker'],
  'not-now': [409, 'The campaign does not take this now'],
  'no-inventory': [404, 'No inventory was taken yet: it begins within a minute'],
  'plan-not-made': [409, 'The plan is not made'],
  'unknown-version': [404, 'There is no such version of the policy'],
  'not-quarantined': [409, 'The device is not in quarantine'],
  'no-quarantine': [409, 'The policy names no hub for quarantine'],
  'no-return': [409, 'It began in quarantine: say where it is to go'],
  'never-seen': [409, 'The device was never seen on a hub'],
  superseded: [412, 'Somebody else has changed it meanwhile'],
  'not-movable': [409, 'The device cannot be moved'],
  'not-known-to-be-movable': [409, 'It is not known whether the device can be moved'],
  'no-move': [409, 'The device has no move under way'],
  'too-late': [409, 'The move cannot be called off any more'],
} as const;

export const refuse = (
  because: Refusal['because'],
  errors: readonly FieldError[],
  detail?: string,
): Refusal => ({
  kind: 'refused',
  because,
  errors: someOf(errors),
  ...(detail === undefined ? {} : { detail }),
});

const someOf = (errors: readonly FieldError[]): readonly FieldError[] => {
  const more = errors.length - errorCountMax;
  const told = errors.slice(0, errorCountMax);
  return more > 0 ? [...told, { field: '…', detail: `and ${more} more` }] : told;
};

/** So many names tell what was meant. */
const namedMax = 10;

export const unknownHub = (known: Iterable<string>): Refusal => {
  const names = [...known].sort();
  const some = names.slice(0, namedMax).join(', ');
  const detail = names.length > namedMax ? `${some}, …` : some;
  return refuse('unknown-hub', [{ field: 'hub', detail: `expected one of ${detail}` }]);
};

/** zod's issues as field errors; a problem with the whole is the body's. */
export const fieldErrors = (error: z.ZodError): readonly FieldError[] =>
  error.issues.map(({ path, message }) => ({ field: fieldOf(path), detail: message }));

const fieldOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((field, key) => {
    if (typeof key === 'number') return `${field}[${key}]`;
    return field ? `${field}.${String(key)}` : String(key);
  }, '') || 'body';

export const titleOf = (because: Refusal['because']): string => problems[because][1];

/** Problem details (RFC 9457): `{ type, title, status, detail?, errors: [{ field, detail }] }`. */
export const toProblem = ({ because, errors, detail }: Refusal): HttpAnswer => {
  const [status, title] = problems[because];
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    jsonBody: {
      type: `urn:rehome:${because}`,
      title,
      status,
      ...(detail === undefined ? {} : { detail }),
      errors,
    },
  };
};
