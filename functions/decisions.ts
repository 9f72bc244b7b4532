import { app, type HttpHandler } from '@azure/functions';
import { type Placement, rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import { parseAllocationRequest } from '../shared/wire/allocation-request.ts';
import { toExplanationView } from '../shared/wire/explanation-view.ts';
import { managementRequest } from '../shared/wire/management-request.ts';
import { type HttpAnswer, type Refusal, toProblem } from '../shared/wire/problem.ts';
import { type Asked, answerRoute, type Route, scopeIn } from '../shared/wire/route-table.ts';

/**
 * The management API's decisions.
 *
 *     POST   decisions/{scope}   Read   a registration as DPS asks it: what it would be answered, and why; nothing is written
 */
type App = Placement & { readonly scopes: ReadonlySet<Scope> };

const whatIf = async (
  { explain, scopes }: App,
  { scope, body }: Asked,
): Promise<HttpAnswer | Refusal> => {
  const asked = parseAllocationRequest(scope, await body(), scopes);
  if (asked.kind === 'refused') return asked;
  return { status: 200, jsonBody: toExplanationView(await explain.asked(asked.request)) };
};

const table: readonly Route<App>[] = [{ method: 'POST', path: '', role: 'Read', handle: whatIf }];

export const decisionsHandler =
  (placement: Placement, scopes: ReadonlySet<Scope>): HttpHandler =>
  async (request) => {
    const asked = managementRequest(request, 'decisions');
    const within = () => scopeIn(scopes, asked.first);
    const answer = await answerRoute(table, { ...placement, scopes }, within, asked);
    return 'kind' in answer ? toProblem(answer) : answer;
  };

const { placement, scopes } = rehome();
if (placement) {
  app.http('decisions', {
    methods: ['POST'],
    authLevel: 'anonymous', // App Service authentication stands before it
    route: 'decisions/{scope}',
    handler: decisionsHandler(placement, scopes),
  });
}
