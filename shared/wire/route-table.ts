import { parseScope, type Scope } from '../domain/scope.ts';
import { mayAct, type Principal, parsePrincipal, type Role } from './principal.ts';
import { type HttpAnswer, type Refusal, refuse } from './problem.ts';

/** One door of the management API. */
export type Route<App> = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind the scope: `:deviceId/moves`. */
  readonly path: string;
  readonly role: Role;
  readonly handle: (app: App, asked: Asked) => Promise<HttpAnswer | Refusal>;
};

/** A request that was let in. */
export type Asked = {
  readonly scope: Scope;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Read by whoever needs it, once they may. */
  readonly body: () => Promise<string>;
  readonly who: Principal;
};

export type ManagementRequest = {
  readonly method: string;
  readonly scope: string;
  /** Behind the scope, percent-encoded, without a slash at either end. */
  readonly rest: string;
  readonly query: URLSearchParams;
  readonly body: () => Promise<string>;
  readonly principal: string | null;
};

/** Who is it, may they, and what is it? Then what the route says. */
export const answerRoute = async <App>(
  table: readonly Route<App>[],
  app: App,
  scopes: ReadonlySet<Scope>,
  { method, scope: scopeText, rest, query, body, principal }: ManagementRequest,
): Promise<HttpAnswer | Refusal> => {
  const who = parsePrincipal(principal);
  if (!who) return refuse('unauthenticated', []);
  const scope = parseScope(scopeText);
  if (!scope || !scopes.has(scope)) {
    return refuse('unknown-scope', [{ field: 'scope', detail: 'not one of REHOME_SCOPES' }]);
  }
  for (const route of table) {
    const params = route.method === method ? match(route.path, rest) : undefined;
    if (!params) continue;
    if (!mayAct(who, route.role)) {
      return refuse('forbidden', [{ field: 'role', detail: `expected ${route.role}` }]);
    }
    return route.handle(app, { scope, params, query, body, who });
  }
  return refuse('unknown-route', []);
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
