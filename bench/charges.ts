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
import { systemDice } from '../shared/adapters/system/dice.ts';
import type { Registration } from '../shared/allocation/registration.ts';
import { noValves } from '../shared/campaign/valve.ts';
import { registrationId } from '../shared/domain/device.ts';
import { hubHostName } from '../shared/domain/hub.ts';
import { noPolicy } from '../shared/domain/policy.ts';
import { allocateDevice } from '../shared/flows/allocate-device.ts';
import { hubs, scope, slackPercent } from './fleet.ts';
import { say } from './measure.ts';

/** Request units of a device's first, second and later calls, as the store's answers charge them. */
export const measureCharges = async (): Promise<void> => {
  const { database, spent } = await meteredStore();
  const ports = {
    records: cosmosDeviceRecords(database),
    enrollments: cosmosEnrollments(database),
    hubTables: memoryHubTables(hubs(3), systemClock),
    policies: { latest: () => noPolicy, known: async () => noPolicy },
    intakes: { note: () => undefined, count: () => undefined },
    valves: { latest: () => noValves, known: async () => noValves },
    lateDecisions: { keep: () => undefined },
    clock: systemClock,
    dice: systemDice,
    deadline: systemDeadline,
  };
  const allocate = allocateDevice(ports, {
    slackPercent,
    storeTimeoutMs: 10_000,
    atStoreMax: 100,
    moves: undefined,
  });
  const asked = (device: number): Registration => ({
    scope,
    registrationId: registrationId(`device-${device}`),
    deviceId: `device-${device}`,
    enrollment: {
      kind: 'group',
      id: 'fleet',
      reprovision: 'migrate',
      hubs: undefined,
      linked: undefined,
      asksUs: true,
      etag: '1',
    },
    linkedHubs: hubs(3).map(({ hostName }) => hostName),
    currentHub: undefined,
    requestId: undefined,
    payload: undefined,
    region: undefined,
    latencies: new Map(),
  });
  await allocate(asked(0)); // learns the enrollment
  const charge = async (request: Registration) => {
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
  const database = cosmosDatabase(
    { string: `AccountEndpoint=${endpoint};AccountKey=${key};` },
    { httpClient },
  );
  return { database, spent: () => units };
};
