import { app, type HttpHandler } from '@azure/functions';
import type { Planning } from '../shared/composition/planning.ts';
import { rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import { managementRequest } from '../shared/wire/management-request.ts';
import { toInventoryView } from '../shared/wire/plan-view.ts';
import { type HttpAnswer, type Refusal, refuse, toProblem } from '../shared/wire/problem.ts';
import { type Asked, answerRoute, type Route, scopeIn } from '../shared/wire/route-table.ts';

/**
 * The management API's inventories.
 *
 *     GET    inventory/{scope}   Read   how far it has come, and what it found
 */
const timeoutMs = 5_000;

const read = async (
  { inventories, deadline }: Planning,
  { scope }: Asked,
): Promise<HttpAnswer | Refusal> => {
  const kept = await deadline(timeoutMs, (signal) => inventories.read(scope, signal));
  return kept
    ? { status: 200, jsonBody: toInventoryView(kept.inventory) }
    : refuse('no-inventory', []);
};

const table: readonly Route<Planning>[] = [{ method: 'GET', path: '', role: 'Read', handle: read }];

export const inventoryHandler =
  (planning: Planning, scopes: ReadonlySet<Scope>): HttpHandler =>
  async (request) => {
    const asked = managementRequest(request, 'inventory');
    const within = () => scopeIn(scopes, asked.first);
    const answer = await answerRoute(table, planning, within, asked);
    return 'kind' in answer ? toProblem(answer) : answer;
  };

const { planning, placement, scopes } = rehome();
if (planning && placement) {
  app.http('inventory', {
    methods: ['GET'],
    authLevel: 'anonymous', // App Service authentication stands before it
    route: 'inventory/{scope}',
    handler: inventoryHandler(planning, scopes),
  });
}
