import { createDps, enrollmentKey as keyAtDps } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import { createIdentity } from '../../local/iot-hub/registry.ts';
import { report } from '../../local/iot-hub/twins.ts';
import { isoTime, realWorld } from '../../local/world.ts';
import { dpsProvisioningRecords } from '../../shared/adapters/dps/provisioning-records.ts';
import { rehomeProfile } from '../../shared/adapters/iot-hub/device-profile.ts';
import { iotHubDeviceTwins } from '../../shared/adapters/iot-hub/device-twins.ts';
import { iotHubRegistries } from '../../shared/adapters/iot-hub/hub-registries.ts';
import {
  memoryBreakers,
  memoryCampaigns,
  memoryCauses,
} from '../../shared/adapters/memory/campaigns.ts';
import { memoryDeviceRecords } from '../../shared/adapters/memory/device-records.ts';
import { memoryEnrollments } from '../../shared/adapters/memory/enrollments.ts';
import { memoryHubTables } from '../../shared/adapters/memory/hub-tables.ts';
import { memoryInventories } from '../../shared/adapters/memory/inventories.ts';
import { memoryPlans } from '../../shared/adapters/memory/plans.ts';
import { memoryPolicies, memoryPolicyVersions } from '../../shared/adapters/memory/policies.ts';
import { systemDeadline as deadline } from '../../shared/adapters/system/deadline.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { instant } from '../../shared/domain/instant.ts';
import { noPolicy, type Policy } from '../../shared/domain/policy.ts';
import { countHubs } from '../../shared/flows/count-hubs.ts';
import { aHub, hostOf } from './a-hub.ts';
import { main } from './a-question.ts';
import { coreDpsClients } from './core-dps.ts';
import { coreClients, coreHubs } from './core-hubs.ts';

/** A group whose devices are moved by us, and one that DPS places by itself. */
const groups = {
  fleet: {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: {
      webhookUrl: 'https://app/api/dps/main/allocate?code=x',
      apiVersion: '2021-10-01',
    },
  },
  plain: { attestation: { type: 'symmetricKey' }, allocationPolicy: 'hashed' },
} as const;

/** Flows over the store in memory, the hubs' cores and the core of a DPS, at a time that the test sets. */
export const aFleetOnCores = (
  hubs: readonly Hub[] = ['east', 'west', 'north'].map((name) => aHub(name)),
  policy: Policy = noPolicy,
) => {
  const time = { now: 1_700_000_000_000 };
  const world = { ...realWorld, now: () => time.now };
  const names = hubs.map(({ hostName }) => hostName.split('.')[0] ?? '');
  const cores = coreHubs(names, world);
  const callWebhook = async () => undefined;
  const dps = createDps(
    { hostName: 'd', idScope: '0ne1', hubs: [...cores.values()], callWebhook },
    world,
  );
  for (const [id, body] of Object.entries(groups))
    dps.enrollments.set(keyAtDps('group', id), readEnrollment('group', id, body, undefined, world));
  const clients = coreClients(cores);
  const clock = { now: () => instant(time.now) };
  const profile = rehomeProfile('Reprovision', 'reprovision');
  const hubTables = memoryHubTables(hubs, clock);
  const versions = memoryPolicyVersions();
  const registries = iotHubRegistries(clients, deadline, profile, 1_000);
  const complaints: string[] = [];
  let digits = 0;
  const ports = {
    scopes: new Set([main]),
    records: memoryDeviceRecords(),
    enrollments: memoryEnrollments(),
    hubTables,
    hubDocuments: hubTables.documents,
    plans: memoryPlans(),
    campaigns: memoryCampaigns(),
    breakers: memoryBreakers(),
    causes: memoryCauses(),
    inventories: memoryInventories(),
    policies: memoryPolicies(versions, () => policy),
    registries,
    provisioning: dpsProvisioningRecords(
      coreDpsClients(() => dps),
      deadline,
      1_000,
    ),
    twins: iotHubDeviceTwins(clients, deadline, profile, 1_000),
    clock,
    deadline,
    dice: {
      draw: () => 0,
      digits: (count: number) => {
        digits += 1;
        return String(digits).padStart(count, '0');
      },
    },
    complain: (line: string) => void complaints.push(line),
  };
  /** An identity on a hub, and where a group is named, its record at DPS. */
  const add = (deviceId: string, hub: string, group?: keyof typeof groups): void => {
    const core = cores.get(hostOf(hub));
    if (!core) throw new Error(`no ${hub}`);
    const device = createIdentity(core, { deviceId });
    report(core, device, { reprovision: { contract: 1 } });
    if (!group) return;
    dps.registrations.set(deviceId.toLowerCase(), {
      registrationId: deviceId.toLowerCase(),
      createdDateTimeUtc: isoTime(time.now - 60_000),
      lastUpdatedDateTimeUtc: isoTime(time.now - 60_000),
      status: 'assigned',
      assignedHub: hostOf(hub),
      deviceId,
      substatus: 'initialAssignment',
      errorCode: 0,
      errorMessage: undefined,
      payload: undefined,
      etag: '"1"',
      enrollment: keyAtDps('group', group),
    });
  };
  const coreOf = (hub: string) => {
    const core = cores.get(hostOf(hub));
    if (!core) throw new Error(`no ${hub}`);
    return core;
  };
  return { ports: { ...ports, countHubs: countHubs(ports) }, time, dps, add, coreOf, complaints };
};

export const { signal: never } = new AbortController();
