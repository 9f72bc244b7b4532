import type { Hub } from '../domain/hub.ts';
import type { ChangedHub } from '../flows/change-hub.ts';
import type { HubSignal } from '../flows/heed-hub.ts';
import type { HubChange } from '../flows/manage-hubs.ts';
import type { Rebalanced } from '../flows/rebalance.ts';
import type { Inventory } from '../ports/inventories.ts';
import type { PlanOrder } from '../ports/plans.ts';
import { toInventoryView } from './plan-view.ts';

/** The log's lines about plans, hubs and inventories. */

export const toPlanLine = ({ id, scope, goal, reason, by }: PlanOrder): string =>
  JSON.stringify({ event: 'plan-asked', planId: id, scope, goal, reason, by });

/** Who changed what of a hub, before and after, and why. */
export const toHubLine = (
  { before, after }: NonNullable<ChangedHub>,
  change: HubChange,
  reason: string,
  by: string,
): string => {
  const names = Object.keys(change).filter((name) => change[name as keyof HubChange] !== undefined);
  const only = (hub: object): object =>
    Object.fromEntries(Object.entries(hub).filter(([name]) => names.includes(name)));
  return JSON.stringify({
    event: 'hub-changed',
    hub: after.hostName,
    before: only(before),
    after: only(after),
    reason,
    by,
  });
};

export const toRebalancedLine = ({
  silent,
  proposed,
  observed,
  resumed,
  approved,
  tripped,
}: Rebalanced): string =>
  JSON.stringify({
    event: 'rebalanced',
    proposed: proposed.map(({ id, scope, goal }) => ({ planId: id, scope, goal: goal.kind })),
    ...(observed.length > 0 ? { observed } : {}),
    ...(resumed.length > 0 ? { resumed } : {}),
    ...(approved === undefined ? {} : { approved }),
    ...(tripped === undefined ? {} : { breakerTripped: tripped }),
    ...(silent.length > 0 ? { silent } : {}),
  });

/** What Azure said of a hub, and what it is then. */
export const toHeededLine = (signal: HubSignal, hub: Hub | undefined): string =>
  JSON.stringify({
    event: 'hub-signal',
    ...signal,
    ...(hub ? { trouble: hub.trouble?.kind ?? null, tier: hub.tier, units: hub.units } : {}),
  });

export const toInventoryLine = (inventory: Inventory): string =>
  JSON.stringify({ event: 'inventory', ...toInventoryView(inventory) });
