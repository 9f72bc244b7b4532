import { app, type InvocationContext } from '@azure/functions';
import { type Placement, rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import { parseAllocationRequest } from '../shared/wire/allocation-request.ts';
import { decisionsApi } from '../shared/wire/api/decisions.ts';
import { toDecisionView } from '../shared/wire/decision-document.ts';
import { toExplanationView } from '../shared/wire/explanation-view.ts';
import { managementDoor, registrationOf } from '../shared/wire/management-door.ts';
import { type Handlers, timeIn } from '../shared/wire/route-table.ts';

/** The management API's decisions: as `shared/wire/api/decisions.ts` says. */
type App = Placement & { readonly scopes: ReadonlySet<Scope> };
type Of = Handlers<App, Scope, typeof decisionsApi>;

const listDecisions: Of['listDecisions'] = async (app, { scope, query }) => {
  const since = timeIn(query, 'since');
  if (typeof since === 'object') return since;
  const { decisions, isCut } = await app.listDecisions(scope, since);
  return { status: 200, jsonBody: { decisions: decisions.map(toDecisionView), isCut } };
};

const whatIf: Of['whatIf'] = async ({ explain, scopes }, { scope, body }) => {
  const asked = parseAllocationRequest(scope, await body(), scopes);
  if (asked.kind === 'refused') return asked;
  return { status: 200, jsonBody: toExplanationView(await explain.asked(asked.request)) };
};

const handlers: Of = { listDecisions, whatIf };

export const decisionsHandler = (placement: Placement, scopes: ReadonlySet<Scope>) =>
  managementDoor(
    decisionsApi,
    handlers,
    { scopes, audit: placement.audit },
    (_log: InvocationContext) => ({
      ...placement,
      scopes,
    }),
  );

const { placement, scopes } = rehome();
if (placement) {
  app.http('decisions', {
    ...registrationOf(decisionsApi),
    handler: decisionsHandler(placement, scopes),
  });
}
