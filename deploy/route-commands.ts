import { z } from 'zod';
import { json } from '../shared/config/environment.ts';

/** What a deployment says of the hubs, as `azd` hands it on. */
export const routing = z.object({
  /** Hubs that are there already: those of a sandbox have their routes. */
  REHOME_HUB_IDS: z
    .string()
    .default('')
    .transform((list) => list.split(',').map((id) => id.trim()))
    .transform((ids) => ids.filter((id) => id !== '')),
  REHOME_ROUTES: z
    .string()
    .pipe(json)
    .pipe(z.array(z.object({ name: z.string(), source: z.string(), condition: z.string() }))),
  REHOME_ROUTE_IDENTITY_ID: z.string(),
  REHOME_ROUTE_NAMESPACE: z.string(),
  REHOME_ROUTE_EVENT_HUB: z.string(),
  AZURE_RESOURCE_GROUP: z.string(),
  AZURE_SUBSCRIPTION_ID: z.string(),
});
export type Routing = z.output<typeof routing>;

/** Of a hub, as `az iot hub show` tells it with `hubQuery`. */
export const hubShown = z.object({
  tier: z.string().nullish(),
  identities: z.record(z.string(), z.unknown()).nullish(),
  endpoints: z
    .array(
      z.object({
        name: z.string(),
        endpointUri: z.string().nullish(),
        entityPath: z.string().nullish(),
      }),
    )
    .nullish(),
  routes: z
    .array(
      z.object({
        name: z.string(),
        source: z.string(),
        condition: z.string().nullish(),
        endpointNames: z.array(z.string()).nullish(),
        isEnabled: z.boolean().nullish(),
      }),
    )
    .nullish(),
});
export type HubShown = z.output<typeof hubShown>;

export const hubQuery =
  '{tier: sku.tier, identities: identity.userAssignedIdentities, endpoints: properties.routing.endpoints.eventHubs, routes: properties.routing.routes}';

/** Arguments of `az`. */
export type Command = readonly string[];

export type HubAt = { readonly subscription: string; readonly group: string; readonly hub: string };

const resourceId =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Devices\/IotHubs\/([^/]+)$/i;

/** @throws Error naming an id that is not a hub's. */
export const hubAt = (id: string): HubAt => {
  const [, subscription = '', group = '', hub = ''] = resourceId.exec(id) ?? [];
  if (hub === '') throw new Error(`REHOME_HUB_IDS: ${id} is not the resource id of an IoT hub.`);
  return { subscription, group, hub };
};

const inGroup = ({ subscription, group }: HubAt): readonly string[] => [
  ...['--subscription', subscription],
  ...['--resource-group', group],
];

export const showCommand = (at: HubAt): Command => [
  ...['iot', 'hub', 'show', ...inGroup(at), '--name', at.hub],
  ...['--query', hubQuery, '--output', 'json'],
];

/** Of the endpoint on every hub. */
const endpointName = 'rehome';

/**
 * What `az` (with its extension azure-iot) has still to do, so that a hub tells Rehome what befalls its devices. What is there already is
 * left, what differs is changed, and what a hub has besides stays as it is: once all is done, there is nothing to do. A Basic hub has no
 * twins, so no route for them.
 */
export const routeCommands = (to: Routing, at: HubAt, shown: HubShown): readonly Command[] => {
  const of = [...inGroup(at), '--hub-name', at.hub];
  const identity = to.REHOME_ROUTE_IDENTITY_ID.toLowerCase();
  const hasIdentity = Object.keys(shown.identities ?? {}).some(
    (id) => id.toLowerCase() === identity,
  );
  const uri = `sb://${to.REHOME_ROUTE_NAMESPACE}.servicebus.windows.net`;
  const endpoint = shown.endpoints?.find(({ name }) => name === endpointName);
  const isThere =
    endpoint?.endpointUri?.replace(/\/$/, '') === uri &&
    endpoint.entityPath === to.REHOME_ROUTE_EVENT_HUB;
  const verb = endpoint ? 'update' : 'create';
  return [
    ...(hasIdentity
      ? []
      : [
          [
            'iot',
            'hub',
            'identity',
            'assign',
            ...inGroup(at),
            '--name',
            at.hub,
            '--user-assigned',
            to.REHOME_ROUTE_IDENTITY_ID,
          ],
        ]),
    ...(isThere
      ? []
      : [
          [
            ...['iot', 'hub', 'message-endpoint', verb, 'eventhub', ...of],
            ...['--endpoint-name', endpointName, '--identity', to.REHOME_ROUTE_IDENTITY_ID],
            ...['--endpoint-resource-group', to.AZURE_RESOURCE_GROUP],
            ...['--endpoint-subscription-id', to.AZURE_SUBSCRIPTION_ID],
            ...['--endpoint-uri', uri, '--entity-path', to.REHOME_ROUTE_EVENT_HUB],
          ],
        ]),
    ...to.REHOME_ROUTES.filter(
      ({ source }) => shown.tier !== 'Basic' || source !== 'TwinChangeEvents',
    ).flatMap((route) => routeCommand(of, route, shown)),
  ];
};

const routeCommand = (
  of: readonly string[],
  { name, source, condition }: Routing['REHOME_ROUTES'][number],
  { routes }: HubShown,
): readonly Command[] => {
  const known = routes?.find((route) => route.name === name);
  const isThere =
    known?.source.toLowerCase() === source.toLowerCase() &&
    known.condition === condition &&
    known.isEnabled === true &&
    known.endpointNames?.join() === endpointName;
  if (isThere) return [];
  return [
    [
      ...['iot', 'hub', 'message-route', known ? 'update' : 'create', ...of],
      ...['--route-name', name, '--source-type', source.toLowerCase()],
      ...['--endpoint-name', endpointName, '--condition', condition, '--enabled', 'true'],
    ],
  ];
};
