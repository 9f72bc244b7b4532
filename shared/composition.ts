import { eventHubAuditStream } from './adapters/event-hubs/audit-stream.ts';
import { bufferLimits, eventHubLateDecisions } from './adapters/event-hubs/late-decisions.ts';
import { lateLimits, memoryLateDecisions } from './adapters/memory/late-decisions.ts';
import { openTelemetryMeters } from './adapters/open-telemetry/meters.ts';
import { pageFiles } from './adapters/page/page-files.ts';
import { judgePattern } from './adapters/redos/judge-pattern.ts';
import { systemComplaint } from './adapters/system/complaint.ts';
import { systemCredential } from './adapters/system/credential.ts';
import type { CampaignLimits } from './campaign/campaign-limits.ts';
import type { MoveLimits } from './campaign/limits.ts';
import { azureAccess } from './composition/azure-access.ts';
import { type Campaigning, campaigningOf, limitsIn } from './composition/campaigns.ts';
import { limitsOf, type Moves, movesOf } from './composition/moves.ts';
import { type Planning, planningOf } from './composition/planning.ts';
import { type Seed, seedOf } from './composition/seed.ts';
import { type Store, storeOf } from './composition/store.ts';
import { startTelemetry } from './composition/telemetry.ts';
import { type CampaignSettings, readCampaignSettings } from './config/campaign-settings.ts';
import { type MoveSettings, readMoveSettings } from './config/move-settings.ts';
import {
  type EventHubSettings,
  type OwnEventHubs,
  readOwnEventHubs,
} from './config/own-event-hubs.ts';
import { type PlanSettings, readPlanSettings } from './config/plan-settings.ts';
import { readSettings, type Settings } from './config/settings.ts';
import { readTelemetrySettings } from './config/telemetry-settings.ts';
import type { Scope } from './domain/scope.ts';
import { type AllocateDevice, allocateDevice } from './flows/allocate-device.ts';
import { type ExplainDevice, explainDevice } from './flows/explain-device.ts';
import { type ExportFleet, exportFleet } from './flows/export-fleet.ts';
import { type KeepAudit, keepAudit } from './flows/keep-audit.ts';
import { type ListDecisions, listDecisions } from './flows/list-decisions.ts';
import { type ManagePolicy, managePolicy } from './flows/manage-policy.ts';
import { markCause } from './flows/mark-cause.ts';
import { type OrderDevice, orderDevice } from './flows/order-device.ts';
import { type ReadDevices, readDevices } from './flows/read-device.ts';
import { type Disabled, type ReadStatus, readStatus } from './flows/read-status.ts';
import { type RecordDecisions, recordDecision, recordDecisions } from './flows/record-decision.ts';
import { type TellChanges, tellChanges } from './flows/tell-changes.ts';
import type { Meters } from './ports/meters.ts';
import type { PageFiles } from './ports/page-files.ts';

export type Rehome = {
  readonly scopes: ReadonlySet<Scope>;
  readonly allocateDevice: AllocateDevice;
  readonly recordDecisions: RecordDecisions;
  /** Whether decisions that could not be recorded wait in an Event Hub. */
  readonly buffers: boolean;
  /** undefined where nobody is told, or where nothing is kept. */
  readonly tellChanges: TellChanges | undefined;
  /** undefined while a setting that only moves need is bad: the log has it. */
  readonly moves: Moves | undefined;
  /** undefined too while a setting that only plans need is bad. */
  readonly planning: Planning | undefined;
  /** undefined too while a setting that only campaigns need is bad. */
  readonly campaigning: Campaigning | undefined;
  readonly readStatus: ReadStatus;
  readonly meters: Meters;
  /** The management API; undefined while nothing authenticates operators before they come here. */
  readonly placement: Placement | undefined;
  /** The same of devices; undefined too while there are no moves. */
  readonly operators: Operators | undefined;
};

export type Placement = {
  readonly explain: ExplainDevice;
  readonly policy: ManagePolicy;
  readonly listDecisions: ListDecisions;
  readonly pageFiles: PageFiles;
  readonly readStatus: ReadStatus;
  /** Of every change by it. */
  readonly audit: KeepAudit;
};

export type Operators = Moves &
  Placement & {
    readonly devices: ReadDevices;
    readonly exportFleet: ExportFleet;
    readonly order: OrderDevice;
  };

/** Where ports meet adapters. @throws Error naming what is wrong with the policy of the settings. */
export const compose = (
  settings: Settings,
  moveSettings?: MoveSettings,
  ownHubs?: OwnEventHubs,
  planSettings?: PlanSettings,
  campaignSettings?: CampaignSettings,
  disabled: readonly Disabled[] = [],
): Rehome => {
  const { scopes, boundSlackPercent: slackPercent, storeTimeoutMs, atStoreMax } = settings;
  const seed = seedOf(settings.policy);
  const store = storeOf(settings, seed.policy);
  const record = recordDecision(store);
  const lateDecisions = lateDecisionsOf(store, record, ownHubs?.decisions);
  const organic = moveSettings && limitsOf(moveSettings);
  const limits = { slackPercent, storeTimeoutMs, atStoreMax, moves: organic };
  const access = moveSettings && azureAccess(moveSettings);
  const moves = moveSettings && access && movesOf(scopes, store, access, moveSettings);
  const status = readStatus(store, {
    scopes,
    dial: planSettings?.dial,
    needsTwoPersons: campaignSettings?.needsTwoPersons ?? false,
    disabled,
  });
  const placement = settings.isGuarded ? placementOf(store, seed, settings, status) : undefined;
  const campaignLimits = campaignSettings && limitsIn(campaignSettings);
  store.warm();
  return {
    scopes,
    allocateDevice: allocateDevice({ ...store, lateDecisions }, limits),
    recordDecisions: recordDecisions(record, store.deadline),
    buffers: ownHubs?.decisions !== undefined,
    tellChanges: ownHubs?.audit && tellChangesOf(store, ownHubs.audit),
    moves,
    planning:
      access &&
      planSettings &&
      planningOf(settings, store, access, dialled(planSettings, campaignLimits), campaignLimits),
    campaigning:
      moves && access && planSettings && campaignSettings
        ? campaigningOf(store, moves, access, planSettings, campaignSettings)
        : undefined,
    readStatus: status,
    meters: openTelemetryMeters(systemComplaint),
    placement,
    operators:
      moves && organic && placement
        ? { ...placement, ...operatorsOf(store, moves, organic) }
        : undefined,
  };
};

/** Without campaigns there is nothing that the dial could approve. */
const dialled = (settings: PlanSettings, limits: CampaignLimits | undefined): PlanSettings =>
  limits || settings.dial === 'off' || settings.dial === 'observe'
    ? settings
    : { ...settings, dial: 'propose' };

const placementOf = (
  store: Store,
  seed: Seed,
  { scopes, boundSlackPercent }: Settings,
  status: ReadStatus,
): Placement => ({
  readStatus: status,
  audit: keepAudit({ ...store, complain: systemComplaint }),
  listDecisions: listDecisions(store),
  pageFiles: pageFiles(),
  explain: explainDevice(store, boundSlackPercent),
  policy: managePolicy({
    ...store,
    judgePattern,
    seed,
    markCause: (because) => markCause(store)(scopes, because),
  }),
});

const operatorsOf = (
  store: Store,
  moves: Moves,
  limits: MoveLimits,
): Omit<Operators, keyof Placement> => ({
  ...moves,
  devices: readDevices(store.records, store.deadline),
  exportFleet: exportFleet(store),
  order: orderDevice({ ...store, ...moves }, limits),
});

const lateDecisionsOf = (
  { deadline }: Store,
  record: ReturnType<typeof recordDecision>,
  buffer: EventHubSettings | undefined,
) => {
  const inProcess = memoryLateDecisions(record, deadline, lateLimits, systemComplaint);
  return buffer
    ? eventHubLateDecisions(
        buffer,
        systemCredential,
        inProcess,
        deadline,
        bufferLimits,
        systemComplaint,
      )
    : inProcess;
};

const tellChangesOf = (store: Store, hub: EventHubSettings): TellChanges | undefined => {
  const { changes, cursors } = store;
  if (!changes || !cursors) return undefined;
  const stream = eventHubAuditStream(hub, systemCredential);
  return tellChanges({ ...store, changes, cursors, stream });
};

/** [A7] A setting that the webhook can do without must not keep it from answering. */
const orNone = <Read>(what: string, disabled: Disabled[], read: () => Read): Read | undefined => {
  try {
    return read();
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    systemComplaint(JSON.stringify({ event: `${what.replaceAll(' ', '-')}-disabled`, because }));
    disabled.push({ what, because });
    return undefined;
  }
};

/** Its limits are looked at here: a bad one disables campaigns alone. */
const readCampaigns = (): CampaignSettings => {
  const settings = readCampaignSettings();
  limitsIn(settings);
  return settings;
};

let composed: Rehome | undefined;

/** The app that the doors of this process share, made on first use. @throws Error when a setting that the webhook needs is bad. */
export const rehome = (): Rehome => {
  composed ??= composeBySettings();
  return composed;
};

const composeBySettings = (): Rehome => {
  const disabled: Disabled[] = [];
  orNone('telemetry', disabled, () => startTelemetry(readTelemetrySettings()));
  return compose(
    readSettings(),
    orNone('moves', disabled, readMoveSettings),
    orNone('event hubs of its own', disabled, readOwnEventHubs),
    orNone('planning', disabled, readPlanSettings),
    orNone('campaigns', disabled, readCampaigns),
    disabled,
  );
};
