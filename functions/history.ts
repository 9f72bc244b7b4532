import { app, type InvocationContext } from '@azure/functions';
import { type Placement, rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import { historyApi } from '../shared/wire/api/history.ts';
import { parseAfter, toAfter, toAuditView } from '../shared/wire/audit-view.ts';
import { managementDoor, registrationOf } from '../shared/wire/management-door.ts';
import { refuse } from '../shared/wire/problem.ts';
import { type Handlers, limitIn } from '../shared/wire/route-table.ts';

/** The management API's history: as `shared/wire/api/history.ts` says. */
type Of = Handlers<Placement, undefined, typeof historyApi>;

const pageMax = 200;

const listChanges: Of['listChanges'] = async ({ audit }, { query }) => {
  const limit = limitIn(query, 50, pageMax);
  if (typeof limit === 'object') return limit;
  const given = query.get('after');
  const before = given === null ? undefined : parseAfter(given);
  if (given !== null && before === undefined)
    return refuse('bad-request', [{ field: 'after', detail: 'not where a page ended' }]);
  const entries = await audit.recent(limit, before);
  const last = entries.length === limit ? entries.at(-1) : undefined;
  const jsonBody = { changes: entries.map(toAuditView), after: last ? toAfter(last.id) : null };
  return { status: 200, jsonBody };
};

export const historyHandler = (placement: Placement, scopes: ReadonlySet<Scope>) =>
  managementDoor(
    historyApi,
    { listChanges },
    { scopes, audit: placement.audit },
    (_log: InvocationContext) => placement,
  );

const { placement, scopes } = rehome();
if (placement) {
  app.http('history', {
    ...registrationOf(historyApi),
    handler: historyHandler(placement, scopes),
  });
}
