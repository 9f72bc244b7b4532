import { CosmosClient } from '@azure/cosmos';
import { createCosmos } from '../local/cosmos/cosmos.ts';
import { createContainers } from '../local/cosmos/create-containers.ts';
import { inProcess } from '../local/cosmos/in-process.ts';
import { realWorld } from '../local/world.ts';
import { cosmosDatabase } from '../shared/adapters/cosmos/client.ts';
import { cosmosDeviceRecords } from '../shared/adapters/cosmos/device-records.ts';
import { cosmosEnrollments } from '../shared/adapters/cosmos/enrollments.ts';
import { memoryHubTables } from '../shared/adapters/memory/hub-tables.ts';
import { systemClock } from '../shared/adapters/system/clock.ts';
import { systemDeadline } from '../shared/adapters/system/deadline.ts';
import { hubHostName } from '../shared/domain/hub.ts';
import { parseScope, type Scope } from '../shared/domain/scope.ts';
import { allocateDevice } from '../shared/flows/allocate-device.ts';
import type { AllocationRequest } from '../shared/ports/late-decisions.ts';
import { hubs, newcomer } from './fleet.ts';
import { say } from './measure.ts';

/** Request units of a device's first, second and later calls, as the store's answers charge them. */
export const measureCharges = async (): Promise<void> => {
  const { database, spent } = await meteredStore();
  const ports = {
    records: cosmosDeviceRecords(database),
    enrollments: cosmosEnrollments(database),
    hubTables: memoryHubTables(hubs(3), systemClock),
    lateDecisions: { keep: () => undefined },
    clock: systemClock,
    deadline: systemDeadline,
  };
  const allocate = allocateDevice(ports, { slackPercent: 5, storeTimeoutMs: 10_000 });
  const asked = (device: number): AllocationRequest => ({
    ...newcomer(device, hubs(3)),
    scope: parseScope('main') as Scope,
    deviceId: `device-${device}`,
    enrollment: {
      kind: 'group',
      id: 'fleet',
      reprovision: 'migrate',
      hubs: undefined,
      linked: undefined,
      etag: '1',
    },
    requestId: undefined,
  });
  await allocate(asked(0)); // learns the enrollment
  const charge = async (request: AllocationRequest) => {
    const before = spent();
    const { hub } = await allocate(request);
    return { hub, units: (spent() - before).toFixed(2) };
  };
  const first = await charge(asked(1));
  const again = { ...asked(1), currentHub: hubHostName(first.hub) };
  const [second, third] = [await charge(again), await charge(again)];
  say('\nRequest units, by published prices');
  say(`  placement ${first.units}, confirmation ${second.units}, every repeat ${third.units}`);
};

const meteredStore = async () => {
  const cosmos = createCosmos({}, realWorld);
  const inner = inProcess(cosmos);
  let units = 0;
  const httpClient: typeof inner = {
    sendRequest: async (request) => {
      const answer = await inner.sendRequest(request);
      if (request.url.includes('/docs')) units += Number(answer.headers.get('x-ms-request-charge'));
      return answer;
    },
  };
  const [endpoint, { key }] = ['http://cosmos.local', cosmos];
  await createContainers(new CosmosClient({ endpoint, key, httpClient }));
  const database = cosmosDatabase(`AccountEndpoint=${endpoint};AccountKey=${key};`, { httpClient });
  return { database, spent: () => units };
};
