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

/** Arguments of `az`. */
export type Command = readonly string[];

const resourceId =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Devices\/IotHubs\/([^/]+)$/i;

/**
 * What `az` (with its extension azure-iot) has to do so that hubs tell Rehome what befalls their devices. Each adds, and may be done again:
 * what a hub has besides stays as it is.
 * @throws Error naming an id that is not a hub's.
 */
export const routeCommands = (to: Routing): readonly Command[] =>
  to.REHOME_HUB_IDS.flatMap((id) => {
    const [, subscription = '', group = '', hub = ''] = resourceId.exec(id) ?? [];
    if (hub === '') throw new Error(`REHOME_HUB_IDS: ${id} is not the resource id of an IoT hub.`);
    const at = ['--subscription', subscription, '--resource-group', group, '--hub-name', hub];
    const endpoint = [
      ...['iot', 'hub', 'message-endpoint', 'create', 'eventhub', ...at],
      ...['--endpoint-name', 'rehome', '--identity', to.REHOME_ROUTE_IDENTITY_ID],
      ...['--endpoint-resource-group', to.AZURE_RESOURCE_GROUP],
      ...['--endpoint-subscription-id', to.AZURE_SUBSCRIPTION_ID],
      ...['--endpoint-uri', `sb://${to.REHOME_ROUTE_NAMESPACE}.servicebus.windows.net`],
      ...['--entity-path', to.REHOME_ROUTE_EVENT_HUB],
    ];
    const routes = to.REHOME_ROUTES.map(({ name, source, condition }) => [
      ...['iot', 'hub', 'message-route', 'create', ...at, '--route-name', name],
      ...['--source-type', source.toLowerCase(), '--endpoint-name', 'rehome'],
      ...['--condition', condition, '--enabled', 'true'],
    ]);
    const identity = ['--user-assigned', to.REHOME_ROUTE_IDENTITY_ID];
    return [['iot', 'hub', 'identity', 'assign', ...atName(at), ...identity], endpoint, ...routes];
  });

/** The one command that calls the hub its name. */
const atName = (at: readonly string[]): readonly string[] =>
  at.map((word) => (word === '--hub-name' ? '--name' : word));
