import { app, type InvocationContext } from '@azure/functions';
import { type Placement, rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import { statusApi } from '../shared/wire/api/status.ts';
import { managementDoor, registrationOf } from '../shared/wire/management-door.ts';
import type { Handlers } from '../shared/wire/route-table.ts';
import { toStatusView } from '../shared/wire/status-view.ts';

/** The management API's status: as `shared/wire/api/status.ts` says. */
type Of = Handlers<Placement, undefined, typeof statusApi>;

const readStatus: Of['readStatus'] = async (app, { who }) => ({
  status: 200,
  jsonBody: toStatusView(await app.readStatus(), who),
});

export const statusHandler = (placement: Placement, scopes: ReadonlySet<Scope>) =>
  managementDoor(
    statusApi,
    { readStatus },
    { scopes, audit: placement.audit },
    (_log: InvocationContext) => placement,
  );

const { placement, scopes } = rehome();
if (placement) {
  app.http('status', {
    ...registrationOf(statusApi),
    handler: statusHandler(placement, scopes),
  });
}
