import { parseScope, type Scope } from '../domain/scope.ts';
import { mayAct, type Principal, parsePrincipal, principalHeader, type Role } from './principal.ts';
import { type HttpAnswer, type Refusal, refuse } from './problem.ts';

/** One door of the management API: of one scope, or of them all. */
export type Route<App, Within = Scope> = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Behind the scope: `:deviceId/moves`. */
  readonly path: string;
  readonly role: Role;
  readonly handle: (app: App, asked: Asked<Within>) => Promise<HttpAnswer | Refusal>;
};

/** A request that was let in. */
export type Asked<Within = Scope> = {
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

export type ManagementRequest = {
  readonly method: string;
  /** Behind the scope, percent-encoded, without a slash at either end. */
  readonly rest: string;
  readonly query: URLSearchParams;
  readonly body: () => Promise<string>;
  readonly header: (name: string) => string | null;
};

/**
 * Who is it, may they, and what is it? Then what the route says.
 * @param within tells the scope, or refuses it: nobody who is not signed in hears which there are.
 */
export const answerRoute = async <App, Within>(
  table: readonly Route<App, Within>[],
  app: App,
  within: () => Within | Refusal,
  { method, rest, query, body, header }: ManagementRequest,
): Promise<HttpAnswer | Refusal> => {
  const who = parsePrincipal(header(principalHeader));
  if (!who) return refuse('unauthenticated', []);
  const scope = within();
  if (isRefusal(scope)) return scope;
  for (const route of table) {
    const params = route.method === method ? match(route.path, rest) : undefined;
    if (!params) continue;
    if (!mayAct(who, route.role)) {
      return refuse('forbidden', [{ field: 'role', detail: `expected ${route.role}` }]);
    }
    const ifMatch = header('if-match') ?? undefined;
    const idempotencyKey = header('idempotency-key') ?? undefined;
    return route.handle(app, { scope, params, query, body, ifMatch, idempotencyKey, who });
  }
  return refuse('unknown-route', []);
};

const isRefusal = (given: unknown): given is Refusal =>
  typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'refused';

/** The scope of a request's path, where it is one of ours. */
export const scopeIn = (scopes: ReadonlySet<Scope>, text: string): Scope | Refusal => {
  const scope = parseScope(text);
  return scope && scopes.has(scope)
    ? scope
    : refuse('unknown-scope', [{ field: 'scope', detail: 'not one of REHOME_SCOPES' }]);
};

/** An id is one part, percent-encoded: it may hold a slash. */
const match = (path: string, rest: string): Readonly<Record<string, string>> | undefined => {
  const wanted = path.split('/');
  const given = rest.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = decoded(given[index] ?? '');
    if (text === undefined) return undefined;
    if (part.startsWith(':')) params[part.slice(1)] = text;
    else if (part !== text) return undefined;
    if (part.startsWith(':') && text === '') return undefined;
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
