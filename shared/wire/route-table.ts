import { type Instant, instant } from '../domain/instant.ts';
import type { KeepAudit } from '../flows/keep-audit.ts';
import type { AuditOutcome, Change } from '../ports/audit.ts';
import { type Api, type ApiRoute, isChange } from './api/route.ts';
import { time } from './api/values.ts';
import { etagOf } from './etag.ts';
import { mayAct, type Principal, parsePrincipal, principalHeader } from './principal.ts';
import { type HttpAnswer, type Refusal, refuse, titleOf } from './problem.ts';

/** A request that was let in. */
export type Asked<Within> = {
  readonly scope: Within;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Read by whoever needs it, once they may. */
  readonly body: () => Promise<string>;
  /** The version that a change is made from, as `If-Match` names it. */
  readonly ifMatch: string | undefined;
  /** The same key again asks for the same thing once: `Idempotency-Key`. */
  readonly idempotencyKey: string | undefined;
  readonly who: Principal;
};

/** An answer, and what was changed; undefined: nothing, as by a dry run. */
export type Changed = HttpAnswer & { readonly change: Change | undefined };

type Changes<Route extends ApiRoute> = Route extends
  | { readonly method: 'GET' }
  | { readonly changesNothing: true }
  ? false
  : true;

/** One for each operation; those that change something say what. */
export type Handlers<App, Within, Of extends Api> = {
  readonly [Id in keyof Of['routes']]: (
    app: App,
    asked: Asked<Within>,
  ) => Promise<(Changes<Of['routes'][Id]> extends true ? Changed : HttpAnswer) | Refusal>;
};

export type ManagementRequest = {
  readonly method: string;
  /** Behind the noun and its scope, percent-encoded, without a slash at either end. */
  readonly rest: string;
  /** Behind `/api/`: what the audit names. */
  readonly target: string;
  readonly query: URLSearchParams;
  readonly body: () => Promise<string>;
  readonly header: (name: string) => string | null;
};

/** A page of another site cannot send it without being asked first, and is not: every change needs it. */
export const requestedWith = 'x-requested-with';

/**
 * Who is it, may they, and what is it? Then what the handler says; and of every change the audit.
 * @param within tells the scope, or refuses it: nobody who is not signed in hears which there are.
 */
export const answerRoute = async <App, Within, Of extends Api>(
  api: Of,
  handlers: Handlers<App, Within, Of>,
  { app, audit }: { readonly app: App; readonly audit: KeepAudit },
  within: () => Within | Refusal,
  request: ManagementRequest,
): Promise<HttpAnswer | Refusal> => {
  const { method, rest, header } = request;
  const who = parsePrincipal(header(principalHeader));
  if (!who) return refuse('unauthenticated', []);
  const scope = within();
  if (isRefusal(scope)) return scope;
  const found = find(api, method, rest);
  if (!found) return refuse('unknown-route', []);
  const { id, route, params } = found;
  const barred = whyNot(route, who, header);
  if (barred) return barred;
  const { query, body, target } = request;
  const ifMatch = header('if-match') ?? undefined;
  const idempotencyKey = header('idempotency-key') ?? undefined;
  const asked = { scope, params, query, body, ifMatch, idempotencyKey, who };
  const handle = (): Promise<Changed | HttpAnswer | Refusal> =>
    (handlers as Handlers<App, Within, Api>)[id]?.(app, asked) ??
    Promise.reject(new Error(`No handler of ${id}.`));
  if (!isChange(route)) return unlessKnown(await handle(), header('if-none-match'));
  const isBrake = Object.values(params).some((word) => route.brakes?.includes(word) ?? false);
  return audited(audit, { by: who.name, operation: id, target }, handle, isBrake);
};

const whyNot = (
  route: ApiRoute,
  who: Principal,
  header: ManagementRequest['header'],
): Refusal | undefined => {
  if (!mayAct(who, route.role))
    return refuse('forbidden', [{ field: 'role', detail: `expected ${route.role}` }]);
  if (route.method !== 'GET' && !header(requestedWith))
    return refuse('not-requested', [{ field: 'X-Requested-With', detail: 'expected any value' }]);
  // A precondition that is not looked at would be taken for one that holds.
  if (header('if-match') !== null && !route.takesIfMatch)
    return refuse('bad-request', [{ field: 'If-Match', detail: 'this takes none' }]);
  return undefined;
};

/** What begins is written before it is done: a change of which the audit cannot be told is not made, unless it is a brake. */
const audited = async (
  audit: KeepAudit,
  asked: Parameters<KeepAudit['begin']>[0],
  handle: () => Promise<Changed | HttpAnswer | Refusal>,
  isBrake: boolean,
): Promise<HttpAnswer | Refusal> => {
  const begun = await audit.begin(asked, isBrake);
  if (begun.kind === 'away') return refuse('audit-away', [], begun.because);
  const { tell } = begun;
  try {
    const answer = await handle();
    await tell(outcomeOf(answer));
    if (!('change' in answer)) return answer;
    const { change: _told, ...rest } = answer;
    return rest;
  } catch (fault) {
    await tell({
      kind: 'failed',
      because: fault instanceof Error ? fault.message : String(fault),
    });
    throw fault;
  }
};

const outcomeOf = (answer: Changed | HttpAnswer | Refusal): AuditOutcome => {
  if ('kind' in answer)
    return { kind: 'refused', because: answer.detail ?? titleOf(answer.because) };
  const change = 'change' in answer ? answer.change : undefined;
  return change ? { kind: 'done', ...change } : { kind: 'unchanged' };
};

/** A page that asks every few seconds hears only what is new. */
const unlessKnown = (answer: HttpAnswer | Refusal, known: string | null): HttpAnswer | Refusal => {
  if ('kind' in answer || answer.headers?.['etag'] !== undefined) return answer;
  const etag = etagOf(answer.jsonBody);
  const headers = { ...answer.headers, etag };
  return known === etag ? { status: 304, headers } : { ...answer, headers };
};

const find = (api: Api, method: string, rest: string) => {
  for (const [id, route] of Object.entries(api.routes)) {
    const params = route.method === method ? match(route, rest) : undefined;
    if (params) return { id, route, params };
  }
  return undefined;
};

export const isRefusal = (given: unknown): given is Refusal =>
  typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'refused';

/** An id is one part, percent-encoded: it may hold a slash. */
const match = (
  { path, params: words = {} }: ApiRoute,
  rest: string,
): Readonly<Record<string, string>> | undefined => {
  const wanted = path.split('/');
  const given = rest.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = decoded(given[index] ?? '');
    if (text === undefined) return undefined;
    const name = part.startsWith(':') ? part.slice(1) : undefined;
    if (name === undefined && part !== text) return undefined;
    if (name === undefined) continue;
    if (text === '' || words[name]?.safeParse(text).success === false) return undefined;
    params[name] = text;
  }
  return params;
};

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** A number of a query: `?limit=50`. */
const numberIn = (
  query: URLSearchParams,
  name: string,
  usual: number,
  [least, most]: readonly [number, number],
): number | Refusal => {
  const text = query.get(name);
  const number = text === null ? usual : /^\d{1,15}$/.test(text) ? Number(text) : -1;
  const range = most === Number.MAX_SAFE_INTEGER ? `a number from ${least}` : `${least} to ${most}`;
  return number >= least && number <= most
    ? number
    : refuse('bad-request', [{ field: name, detail: `expected ${range}` }]);
};

export const limitIn = (query: URLSearchParams, usual: number, most: number): number | Refusal =>
  numberIn(query, 'limit', usual, [1, most]);

export const pageIn = (query: URLSearchParams): number | Refusal =>
  numberIn(query, 'page', 0, [0, Number.MAX_SAFE_INTEGER]);

/** `?since=2026-11-28T03:00:00Z`; undefined: it is not there. */
export const timeIn = (query: URLSearchParams, name: string): Instant | undefined | Refusal => {
  const text = query.get(name);
  if (text === null) return undefined;
  return time.safeParse(text).success
    ? instant(new Date(text).getTime())
    : refuse('bad-request', [{ field: name, detail: 'expected ISO 8601, in UTC' }]);
};
