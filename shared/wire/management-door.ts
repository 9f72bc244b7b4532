import { parseScope, type Scope } from '../domain/scope.ts';
import type { KeepAudit } from '../flows/keep-audit.ts';
import type { Api } from './api/route.ts';
import { type HttpAnswer, type Refusal, refuse, toProblem } from './problem.ts';
import { answerRoute, type Handlers } from './route-table.ts';

/** What the management API needs of an HTTP request. */
type Incoming = {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly get: (name: string) => string | null };
  readonly text: () => Promise<string>;
};

type Scoped<Of extends Api> = Of['isScoped'] extends true ? Scope : undefined;

/**
 * A noun's door: a request in, an answer out. A fault of the world is told as one: a person decides whether to try again.
 * @param appOf what its handlers work with; the log among it.
 */
export const managementDoor =
  <App, Log extends { readonly error: (line: string) => void }, Of extends Api>(
    api: Of,
    handlers: Handlers<App, Scoped<Of>, Of>,
    { scopes, audit }: { readonly scopes: ReadonlySet<Scope>; readonly audit: KeepAudit },
    appOf: (log: Log) => App,
  ) =>
  async (incoming: Incoming, log: Log): Promise<HttpAnswer> => {
    const { pathname, searchParams: query } = new URL(incoming.url);
    // As it came: the route's own parameters are decoded already, so that an id with a slash would be two.
    const [, all = ''] = new RegExp(`/${api.noun}(?:/(.*?))?/?$`, 'i').exec(pathname) ?? [];
    const [first = '', ...behind] = all.split('/');
    const within = () => (api.isScoped ? scopeIn(scopes, first) : undefined) as Scoped<Of>;
    const request = {
      method: incoming.method,
      rest: api.isScoped ? behind.join('/') : all,
      target: `${api.noun}/${all}`,
      query,
      body: () => incoming.text(),
      header: (name: string) => incoming.headers.get(name),
    };
    const routed = answerRoute(api, handlers, { app: appOf(log), audit }, within, request);
    const answer = await routed.catch((fault: unknown) => {
      const because = fault instanceof Error ? fault.message : String(fault);
      log.error(JSON.stringify({ event: 'request-failed', target: request.target, because }));
      return refuse('fault', [], because);
    });
    const told = 'kind' in answer ? toProblem(answer) : answer;
    return { ...told, headers: { 'cache-control': 'no-store', ...told.headers } };
  };

/** How the host is told of it. */
export const registrationOf = ({ noun, isScoped, routes }: Api) => ({
  methods: [...new Set(Object.values(routes).map(({ method }) => method))],
  authLevel: 'anonymous' as const, // App Service authentication stands before it
  route: isScoped ? `${noun}/{scope}/{*rest}` : `${noun}/{*rest}`,
});

/** The scope of a request's path, where it is one of ours. */
const scopeIn = (scopes: ReadonlySet<Scope>, text: string): Scope | Refusal => {
  const scope = parseScope(text);
  return scope && scopes.has(scope)
    ? scope
    : refuse('unknown-scope', [{ field: 'scope', detail: 'not one of REHOME_SCOPES' }]);
};
