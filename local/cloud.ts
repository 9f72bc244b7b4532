import { CosmosClient } from '@azure/cosmos';
import { type Azure, type AzureOptions, startAzure } from './azure.ts';
import { type Cosmos, createCosmos } from './cosmos/cosmos.ts';
import { listenCosmos } from './cosmos/cosmos-front.ts';
import { createContainers } from './cosmos/create-containers.ts';
import { dpsConnectionString, enrollmentKey } from './dps/dps.ts';
import { readEnrollment } from './dps/enrollment.ts';
import { listenEventHubs } from './event-hubs/amqp-front.ts';
import { createEventHubs, type EventHubs } from './event-hubs/event-hubs.ts';
import { type HubRoute, routeHubEvents } from './event-hubs/route-hub-events.ts';
import { connectionString } from './iot-hub/hub.ts';
import type { HubEvent } from './iot-hub/hub-event.ts';
import { derivedKey } from './sas.ts';
import type { World } from './world.ts';

/** Hubs, DPS and Cosmos DB, with the containers made, as a deployment would leave them. */
export type Cloud = {
  readonly azure: Azure;
  readonly cosmos: Cosmos;
  /** Of the Cosmos DB account. */
  readonly connectionString: string;
  readonly eventHubs: EventHubs;
  /** What the app is told of this cloud: its settings, as a deployment would set them. */
  readonly settings: Readonly<Record<string, string>>;
  /** The enrollment group of every device, with that webhook. Answers the group's key. */
  readonly enrollFleet: (webhookUrl: string) => string;
  readonly stop: () => Promise<void>;
};

const groupId = 'fleet';
const eventHub = 'hub-events';
const decisionsHub = 'decisions';
const auditHub = 'audit';
/** Few, because each is a link of its own. */
const partitionCount = 2;

export const startCloud = async (options: AzureOptions, world: World): Promise<Cloud> => {
  const named = [eventHub, decisionsHub, auditHub].map((name) => ({ name, partitionCount }));
  const eventHubs = createEventHubs(named, world);
  const events = await listenEventHubs(eventHubs);
  const routes: HubRoute[] = [];
  const hubs = options.hubs.map((hub) => {
    const route = routeHubEvents(events.connectionString, eventHub, world);
    routes.push(route);
    return { ...hub, onEvent: both(route.take, hub.onEvent) };
  });
  const azure = await startAzure({ ...options, hubs }, world);
  const cosmos = createCosmos({}, world);
  const store = await listenCosmos(cosmos);
  await createContainers(new CosmosClient({ endpoint: store.endpoint, key: cosmos.key }));
  const cosmosConnection = `AccountEndpoint=${store.endpoint};AccountKey=${cosmos.key};`;
  return {
    azure,
    cosmos,
    eventHubs,
    connectionString: cosmosConnection,
    settings: {
      REHOME_COSMOS: cosmosConnection,
      REHOME_EVENTS: events.connectionString,
      REHOME_EVENTS_HUB: eventHub,
      REHOME_DECISIONS_HUB: decisionsHub,
      REHOME_AUDIT_HUB: auditHub,
      REHOME_DPS: JSON.stringify({
        main: { idScope: azure.dps.idScope, connectionString: dpsConnectionString(azure.dps) },
      }),
      REHOME_HUB_CONNECTIONS: JSON.stringify([...azure.hubs.values()].map(connectionString)),
    },
    enrollFleet: (webhookUrl) => {
      const body = {
        attestation: { type: 'symmetricKey' },
        allocationPolicy: 'custom',
        customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
      };
      const group = readEnrollment('group', groupId, body, undefined, world);
      azure.dps.enrollments.set(enrollmentKey('group', groupId), group);
      return group.primaryKey;
    },
    stop: async () => {
      await Promise.all([azure.stop(), store.stop()]);
      await Promise.all(routes.map((route) => route.stop()));
      await events.stop();
    },
  };
};

const both =
  (take: HubRoute['take'], other: ((event: HubEvent) => void) | undefined) =>
  (event: HubEvent): void => {
    take(event);
    other?.(event);
  };

/** What a device of the fleet knows of itself. */
export const fleetDevice = ({ azure }: Cloud, groupKey: string, registrationId: string) => ({
  idScope: azure.dps.idScope,
  registrationId,
  key: derivedKey(groupKey, registrationId),
});
