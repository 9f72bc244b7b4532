import { cosmosAudit } from '../adapters/cosmos/audit.ts';
import {
  cosmosBreakers,
  cosmosCampaigns,
  cosmosCauses,
  cosmosPurses,
  cosmosValves,
} from '../adapters/cosmos/campaigns.ts';
import { cosmosChangeCursors } from '../adapters/cosmos/change-cursors.ts';
import { cosmosChanges } from '../adapters/cosmos/changes.ts';
import { cosmosDatabase } from '../adapters/cosmos/client.ts';
import { cosmosDeviceRecords } from '../adapters/cosmos/device-records.ts';
import { cosmosEnrollments } from '../adapters/cosmos/enrollments.ts';
import { cosmosHubDocuments } from '../adapters/cosmos/hub-documents.ts';
import { cosmosHubTables } from '../adapters/cosmos/hub-tables.ts';
import { cosmosIntakes, flushLimits } from '../adapters/cosmos/intakes.ts';
import { cosmosInventories } from '../adapters/cosmos/inventories.ts';
import { cosmosPlans } from '../adapters/cosmos/plans.ts';
import { cosmosPolicies, cosmosPolicyVersions } from '../adapters/cosmos/policies.ts';
import { snapshotLimitsFor } from '../adapters/cosmos/snapshot.ts';
import { memoryAudit } from '../adapters/memory/audit.ts';
import {
  memoryBreakers,
  memoryCampaigns,
  memoryCauses,
  memoryPurses,
  memoryValves,
} from '../adapters/memory/campaigns.ts';
import { memoryDeviceRecords } from '../adapters/memory/device-records.ts';
import { memoryEnrollments } from '../adapters/memory/enrollments.ts';
import { memoryHubTables } from '../adapters/memory/hub-tables.ts';
import { memoryIntakes } from '../adapters/memory/intakes.ts';
import { memoryInventories } from '../adapters/memory/inventories.ts';
import { memoryPlans } from '../adapters/memory/plans.ts';
import { memoryPolicies, memoryPolicyVersions } from '../adapters/memory/policies.ts';
import { systemClock as clock } from '../adapters/system/clock.ts';
import { systemComplaint as complain } from '../adapters/system/complaint.ts';
import { systemCredential } from '../adapters/system/credential.ts';
import { systemDeadline as deadline } from '../adapters/system/deadline.ts';
import { systemDice as dice } from '../adapters/system/dice.ts';
import type { CosmosSettings, Settings } from '../config/settings.ts';
import type { Policy } from '../domain/policy.ts';
import { devicesAtRest } from '../flows/devices-at-rest.ts';

export type Store = ReturnType<typeof storeOf>;

/** Where everything is kept: in Cosmos DB, or in the process where no account is set. */
export const storeOf = (settings: Settings, seed: () => Policy) => ({
  ...(settings.cosmos === undefined
    ? inMemory(settings, seed)
    : inCosmos(settings, settings.cosmos, seed)),
  clock,
  deadline,
  dice,
});

const inMemory = ({ hubs }: Settings, seed: () => Policy) => {
  const versions = memoryPolicyVersions();
  const atRest = devicesAtRest(clock);
  const intakes = memoryIntakes(clock);
  const hubTables = memoryHubTables(hubs, clock, intakes.counts);
  const [campaigns, breakers] = [memoryCampaigns(), memoryBreakers()];
  return {
    /** Whether another thread sees the same. */
    isShared: false,
    atRest,
    records: atRest.watch(memoryDeviceRecords()),
    enrollments: memoryEnrollments(),
    hubTables,
    hubDocuments: hubTables.documents,
    audit: memoryAudit(),
    // What is gone with the process is told to nobody.
    changes: undefined,
    cursors: undefined,
    plans: memoryPlans(),
    inventories: memoryInventories(),
    intakes,
    campaigns,
    breakers,
    causes: memoryCauses(),
    purses: memoryPurses(),
    valves: memoryValves(campaigns, breakers),
    versions,
    policies: memoryPolicies(versions, seed),
    warm: () => undefined,
  };
};

const inCosmos = ({ hubs, snapshotMs }: Settings, address: CosmosSettings, seed: () => Policy) => {
  const limits = snapshotLimitsFor(snapshotMs);
  const database = cosmosDatabase(
    'string' in address ? address : { ...address, credential: systemCredential },
  );
  const versions = cosmosPolicyVersions(database, complain);
  const atRest = devicesAtRest(clock);
  const [counts, instance] = [memoryIntakes(clock), dice.digits(12)];
  const intakes = cosmosIntakes(database, instance, counts, deadline, flushLimits, complain);
  const [campaigns, breakers] = [cosmosCampaigns(database), cosmosBreakers(database)];
  return {
    isShared: true,
    atRest,
    records: atRest.watch(cosmosDeviceRecords(database, intakes)),
    enrollments: cosmosEnrollments(database),
    hubDocuments: cosmosHubDocuments(database),
    audit: cosmosAudit(database),
    changes: cosmosChanges(database),
    cursors: cosmosChangeCursors(database),
    plans: cosmosPlans(database),
    inventories: cosmosInventories(database),
    hubTables: cosmosHubTables(database, hubs, clock, deadline, limits, complain),
    intakes,
    campaigns,
    breakers,
    causes: cosmosCauses(database),
    purses: cosmosPurses(database),
    valves: cosmosValves(campaigns, breakers, clock, deadline, limits, complain),
    versions,
    policies: cosmosPolicies(versions, seed, clock, deadline, limits, complain),
    /** Loads the SDK behind everybody's back: the first device need not wait for it. */
    warm: () => void database().catch(() => undefined),
  };
};
