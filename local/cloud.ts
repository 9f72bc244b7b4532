import { CosmosClient } from '@azure/cosmos';
import { type Azure, type AzureOptions, startAzure } from './azure.ts';
import { type Cosmos, createCosmos } from './cosmos/cosmos.ts';
import { listenCosmos, meet } from './cosmos/cosmos-front.ts';
import { createContainers } from './cosmos/create-containers.ts';
import { dpsConnectionString, enrollmentKey } from './dps/dps.ts';
import { readEnrollment } from './dps/enrollment.ts';
import { listenEventHubs } from './event-hubs/amqp-front.ts';
import { createEventHubs, type EventHubs } from './event-hubs/event-hubs.ts';
import { type HubRoute, routeHubEvents } from './event-hubs/route-hub-events.ts';
import { createIdentity, type Identity, resources, takesTokensFor } from './identity/identity.ts';
import { listenIdentity } from './identity/identity-front.ts';
import { askInsights, createInsights, type Insights } from './insights/insights.ts';
import { connectionString } from './iot-hub/hub.ts';
import type { HubEvent } from './iot-hub/hub-event.ts';
import { listenHttps } from './network/https-front.ts';
import type { Front } from './network/listen.ts';
import { listenTls } from './network/tls-front.ts';
import { derivedKey } from './sas.ts';
import type { World } from './world.ts';

/** Hubs, DPS and Cosmos DB, with the containers made, as a deployment would leave them. */
export type Cloud = {
  readonly azure: Azure;
  readonly cosmos: Cosmos;
  /** Of the Cosmos DB account. */
  readonly connectionString: string;
  readonly eventHubs: EventHubs;
  readonly insights: Insights;
  /** What the app is told of this cloud: its settings, as a deployment would set them. */
  readonly settings: Readonly<Record<string, string>>;
  /** The same for an app that has nothing but its identity: no key is in it. What App Service sets is among it. */
  readonly keyless: Readonly<Record<string, string>>;
  /** The enrollment group of every device, with that webhook. Answers the group's key. */
  readonly enrollFleet: (webhookUrl: string) => string;
  readonly stop: () => Promise<void>;
};

const groupId = 'fleet';
const eventHub = 'hub-events';
const decisionsHub = 'decisions';
const auditHub = 'audit';
const cosmosHost = 'rehome-local.documents.azure.com';

export type CloudOptions = AzureOptions & {
  /** Of each Event Hub: few, unless told, because each is a link of its own. */
  readonly partitionCount?: number;
  /** Names of Event Hubs beside those of Rehome. */
  readonly eventHubs?: readonly string[];
};

export const startCloud = async (options: CloudOptions, world: World): Promise<Cloud> => {
  const { partitionCount = 2, eventHubs: others = [] } = options;
  const named = [eventHub, decisionsHub, auditHub, ...others].map((name) => ({
    name,
    partitionCount,
  }));
  const identity = createIdentity(world);
  const tokensFor = (...audiences: readonly string[]) => takesTokensFor(identity, ...audiences);
  const eventHubs = createEventHubs(named, world, tokensFor(resources.eventHubs));
  const events = await listenEventHubs(eventHubs);
  const routes: HubRoute[] = [];
  const hubs = options.hubs.map((hub) => {
    const route = routeHubEvents(events.connectionString, eventHub, world);
    routes.push(route);
    const takesToken = tokensFor(resources.iotHub);
    return { ...hub, takesToken, onEvent: both(route.take, hub.onEvent) };
  });
  const dps = { ...options.dps, takesToken: tokensFor(resources.dps) };
  const azure = await startAzure({ ...options, hubs, dps }, world);
  const takesToken = tokensFor(resources.cosmos, `https://${cosmosHost}`);
  const cosmos = createCosmos({ takesToken }, world);
  const store = await listenCosmos(cosmos);
  await createContainers(new CosmosClient({ endpoint: store.endpoint, key: cosmos.key }));
  const insights = createInsights(tokensFor(resources.monitor));
  const named443 = await listenHttps(azure.certificates, (host, ask) =>
    host === cosmosHost ? meet(cosmos, ask) : askInsights(insights, ask),
  );
  const named5671 = await listenTls(azure.certificates, events.port);
  const tokens = await listenIdentity(identity);
  const settings = byKeys(azure, cosmos, store.endpoint, events.connectionString);
  return {
    azure: { ...azure, redirects: { ...azure.redirects, ...redirectsTo(named443, named5671) } },
    cosmos,
    eventHubs,
    insights,
    connectionString: settings.REHOME_COSMOS,
    settings: { ...settings, ...entities, ...toInsights(insights) },
    keyless: {
      ...tokens.settings,
      ...byIdentity(identity, azure),
      ...entities,
      ...toInsights(insights),
    },
    enrollFleet: (webhookUrl) => enrollFleet(azure, webhookUrl, world),
    stop: async () => {
      await Promise.all([azure.stop(), store.stop(), named443.stop(), tokens.stop()]);
      await Promise.all(routes.map((route) => route.stop()));
      await named5671.stop();
      await events.stop();
    },
  };
};

const redirectsTo = (named443: Front, named5671: Front): Azure['redirects'] => ({
  '.documents.azure.com': { 443: named443.port },
  '.applicationinsights.azure.com': { 443: named443.port },
  '.servicebus.windows.net': { 5671: named5671.port },
});

const entities = {
  REHOME_EVENTS_HUB: eventHub,
  REHOME_DECISIONS_HUB: decisionsHub,
  REHOME_AUDIT_HUB: auditHub,
};

const byKeys = ({ dps, hubs }: Azure, cosmos: Cosmos, endpoint: string, events: string) => ({
  REHOME_COSMOS: `AccountEndpoint=${endpoint};AccountKey=${cosmos.key};`,
  REHOME_EVENTS: events,
  REHOME_DPS: JSON.stringify({
    main: { idScope: dps.idScope, connectionString: dpsConnectionString(dps) },
  }),
  REHOME_HUB_CONNECTIONS: JSON.stringify([...hubs.values()].map(connectionString)),
});

const toInsights = ({ instrumentationKey }: Insights) => ({
  APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${instrumentationKey};IngestionEndpoint=https://rehome-local.applicationinsights.azure.com/`,
});

const byIdentity = ({ clientId }: Identity, { dps }: Azure) => ({
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `ClientId=${clientId};Authorization=AAD`,
  REHOME_COSMOS__accountEndpoint: `https://${cosmosHost}/`,
  REHOME_EVENTS__fullyQualifiedNamespace: 'rehome-local.servicebus.windows.net',
  REHOME_EVENTS__credential: 'managedidentity',
  REHOME_EVENTS__clientId: clientId,
  REHOME_DPS: JSON.stringify({ main: { idScope: dps.idScope, hostName: dps.hostName } }),
});

const enrollFleet = ({ dps }: Azure, webhookUrl: string, world: World): string => {
  const body = {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
  };
  const group = readEnrollment('group', groupId, body, undefined, world);
  dps.enrollments.set(enrollmentKey('group', groupId), group);
  return group.primaryKey;
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
