import type { z } from 'zod';

/** An answer of ours, in the shape that an HTTP trigger returns. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly jsonBody: unknown;
};

/** Why a request was not understood. It names fields and never repeats what stood in them. */
export type Refusal = {
  readonly kind: 'refused';
  readonly because: 'bad-request' | 'unknown-scope';
  readonly errors: readonly FieldError[];
  /** The device, where the request still told it: for the log. */
  readonly registrationId?: string;
};

/** `{ field: 'linkedHubs[2]', detail: 'Too small: expected string to have >=1 characters' }` */
export type FieldError = { readonly field: string; readonly detail: string };

/** The first problems tell enough, and keep the answer small. */
const errorCountMax = 5;

const statusOf: Record<Refusal['because'], number> = { 'bad-request': 400, 'unknown-scope': 404 };
const titleOf: Record<Refusal['because'], string> = {
  'bad-request': 'The request is not valid',
  'unknown-scope': 'There is no such scope',
};

export const refuse = (because: Refusal['because'], errors: readonly FieldError[]): Refusal => ({
  kind: 'refused',
  because,
  errors: errors.slice(0, errorCountMax),
});

/** zod's issues as field errors; a problem with the whole is the body's. */
export const fieldErrors = (error: z.ZodError): readonly FieldError[] =>
  error.issues.map(({ path, message }) => ({ field: fieldOf(path), detail: message }));

const fieldOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((field, key) => {
    if (typeof key === 'number') return `${field}[${key}]`;
    return field ? `${field}.${String(key)}` : String(key);
  }, '') || 'body';

/** Problem details (RFC 9457): `{ title, status, errors: [{ field, detail }] }`, with 400 or 404. */
export const toProblem = ({ because, errors }: Refusal): HttpAnswer => ({
  status: statusOf[because],
  headers: { 'content-type': 'application/problem+json' },
  jsonBody: { title: titleOf[because], status: statusOf[because], errors },
});
