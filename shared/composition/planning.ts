import { dpsProvisioningRecords } from '../adapters/dps/provisioning-records.ts';
import { iotHubDeviceTwins } from '../adapters/iot-hub/device-twins.ts';
import { iotHubRegistries } from '../adapters/iot-hub/hub-registries.ts';
import { systemComplaint } from '../adapters/system/complaint.ts';
import { runInWorker } from '../adapters/system/worker.ts';
import { type CampaignLimits, campaignLimits } from '../campaign/campaign-limits.ts';
import type { PlanSettings } from '../config/plan-settings.ts';
import type { Settings } from '../config/settings.ts';
import { dpsPerMinute, throttlesOf } from '../domain/quota.ts';
import type { Scope } from '../domain/scope.ts';
import { countHubs } from '../flows/count-hubs.ts';
import { type HeedHub, heedHub } from '../flows/heed-hub.ts';
import type { InventoryLimits } from '../flows/inventory-pages.ts';
import { keepAudit } from '../flows/keep-audit.ts';
import { type MakePlan, makePlan } from '../flows/make-plan.ts';
import { manageCampaigns } from '../flows/manage-campaigns.ts';
import { type ManageHubs, manageHubs } from '../flows/manage-hubs.ts';
import { type ManagePlans, managePlans } from '../flows/manage-plans.ts';
import { noteHeeded, noteRebalanced } from '../flows/note-own-acts.ts';
import { type Rebalance, rebalance } from '../flows/rebalance.ts';
import { type TakeInventory, takeInventory } from '../flows/take-inventory.ts';
import { type PlanLimits, planLimits } from '../planning/goal.ts';
import type { Inventories } from '../ports/inventories.ts';
import type { AzureAccess } from './azure-access.ts';
import type { Store } from './store.ts';

export type Planning = {
  readonly managePlans: ManagePlans;
  readonly manageHubs: ManageHubs;
  readonly heedHub: HeedHub;
  readonly rebalance: Rebalance;
  readonly takeInventory: TakeInventory;
  readonly inventories: Inventories;
  readonly deadline: Store['deadline'];
  /** What a plan is bounded by, unless somebody says otherwise. */
  readonly limits: PlanLimits;
  readonly makePlan: MakePlan;
  /** Whether a fleet is taken in by itself. */
  readonly takesInventory: boolean;
};

const hubTimeoutMs = 10_000;
const inventoryBudgetMs = 50_000;
const atOnceMax = 16;
/** A plan that was proposed is there for a person to look at: not every few minutes another. */
const proposeAgainMs = 6 * 3_600_000;

export const planningOf = (
  { scopes, boundSlackPercent }: Pick<Settings, 'scopes' | 'boundSlackPercent'>,
  store: Store,
  { hubs: clients, dps, profile }: AzureAccess,
  settings: PlanSettings,
  campaign: CampaignLimits = campaignLimits,
): Planning => {
  const { clock, deadline, hubTables, hubDocuments } = store;
  const registries = iotHubRegistries(clients, deadline, profile, hubTimeoutMs);
  const provisioning = dpsProvisioningRecords(dps, deadline, hubTimeoutMs);
  const twins = iotHubDeviceTwins(clients, deadline, profile, hubTimeoutMs);
  const ports = { ...store, registries, provisioning, twins, complain: systemComplaint };
  const counts = countHubs({ hubTables, hubDocuments, registries, clock, deadline });
  const limits = limitsOf(settings);
  const make = makePlan({ ...store, scopes, countHubs: counts }, settings);
  const begin = beginning(store, make);
  const audit = keepAudit({ ...store, complain: systemComplaint });
  const plans = managePlans({ ...store, begin });
  return {
    managePlans: plans,
    manageHubs: manageHubs(store, boundSlackPercent),
    heedHub: noteHeeded(audit, heedHub(store)),
    rebalance: noteRebalanced(
      audit,
      rebalance(
        {
          ...store,
          countHubs: counts,
          managePlans: plans,
          manageCampaigns: manageCampaigns(store),
          begin,
        },
        {
          scopes,
          dial: settings.dial,
          limits,
          againMs: proposeAgainMs,
          churnPercent: settings.churnPercent,
          campaignLimits: campaign,
        },
      ),
    ),
    takeInventory: takeInventory(ports, inventoryLimitsOf(scopes, store, settings)),
    inventories: store.inventories,
    deadline,
    limits,
    makePlan: make,
    takesInventory: settings.inventoryMs > 0,
  };
};

const limitsOf = (settings: PlanSettings): PlanLimits => ({
  ...planLimits,
  cooldownMs: settings.cooldownMs,
  slackPercent: settings.slackPercent,
  imbalancePercent: settings.imbalancePercent,
  imbalanceCount: settings.imbalanceCount,
  headroomPercent: settings.headroomPercent,
  loadLabel: settings.loadLabel,
});

const inventoryLimitsOf = (
  scopes: ReadonlySet<Scope>,
  { hubTables }: Store,
  { inventoryMs, inventoryPercent }: PlanSettings,
): InventoryLimits => {
  // Every scope has a DPS of its own, and all of them the same hubs.
  const share = (quota: number, among = 1): number =>
    Math.max(1, Math.floor((quota * inventoryPercent) / 100 / among));
  return {
    dpsOperations: share(dpsPerMinute.operations),
    hubQueries: (hub) => {
      const known = hubTables.latest().hubs.get(hub);
      const { queriesPerMinute } = throttlesOf(known ?? { tier: undefined, units: 1 });
      return share(queriesPerMinute, scopes.size);
    },
    budgetMs: inventoryBudgetMs / scopes.size,
    everyMs: inventoryMs,
    atOnceMax,
    isOnlyScope: scopes.size === 1,
  };
};

/** What the thread is given. */
export type PlanWork = { readonly planId: string };

/** A thread that hangs must not keep all other plans waiting. */
const planTimeoutMs = 30 * 60_000;

/** Beside it, as TypeScript or built. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './plan-worker.ts' : './plan-worker.js',
  import.meta.url,
);

/**
 * One plan after the other, in a thread of its own: the webhook does not notice. Without a store that both see, in this one. A plan that nobody
 * finishes is begun again by the timer.
 */
const beginning = ({ isShared }: Store, make: MakePlan): ((planId: string) => void) => {
  let last: Promise<void> = Promise.resolve();
  const run = async (planId: string): Promise<void> => {
    try {
      const work: PlanWork = { planId };
      await (isShared ? runInWorker(workerFile, work, planTimeoutMs) : make(planId));
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      systemComplaint(JSON.stringify({ event: 'plan-failed', planId, because }));
    }
  };
  return (planId) => {
    last = last.then(() => run(planId));
  };
};
