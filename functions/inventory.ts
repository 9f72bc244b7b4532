import { app, type InvocationContext } from '@azure/functions';
import type { Planning } from '../shared/composition/planning.ts';
import { type Placement, rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import { inventoryApi } from '../shared/wire/api/inventory.ts';
import { managementDoor, registrationOf } from '../shared/wire/management-door.ts';
import { toInventoryView } from '../shared/wire/plan-view.ts';
import { refuse } from '../shared/wire/problem.ts';
import type { Handlers } from '../shared/wire/route-table.ts';

/** The management API's inventories: as `shared/wire/api/inventory.ts` says. */
type Of = Handlers<Planning, Scope, typeof inventoryApi>;

const timeoutMs = 5_000;

const readInventory: Of['readInventory'] = async ({ inventories, deadline }, { scope }) => {
  const kept = await deadline(timeoutMs, (signal) => inventories.read(scope, signal));
  return kept
    ? { status: 200, jsonBody: toInventoryView(kept.inventory) }
    : refuse('no-inventory', []);
};

export const inventoryHandler = (
  planning: Planning,
  scopes: ReadonlySet<Scope>,
  { audit }: Placement,
) =>
  managementDoor(
    inventoryApi,
    { readInventory },
    { scopes, audit },
    (_log: InvocationContext) => planning,
  );

const { planning, placement, scopes } = rehome();
if (planning && placement) {
  app.http('inventory', {
    ...registrationOf(inventoryApi),
    handler: inventoryHandler(planning, scopes, placement),
  });
}
