import type { Registered } from './registered.ts';

/** Where Event Grid's deliveries come in: the host's own door, with its system key. Whether case counts is not documented. */
const eventGridPaths = ['/runtime/webhooks/EventGrid', '/runtime/webhooks/eventgrid'];

/**
 * The paths that App Service authentication lets through: whatever the app registers where no authentication stands before it. DPS, alerts
 * and Event Grid show keys instead, and probes learn nothing.
 * @param unguarded what is registered without authentication.
 * @see https://github.com/MicrosoftDocs/azure-docs/issues/86514 for the asterisk
 */
export const excludedPaths = (unguarded: readonly Registered[], routePrefix: string) => {
  const paths = unguarded.flatMap(({ bindings }) =>
    Object.values(bindings).flatMap((binding) => {
      if (binding.type === 'eventGridTrigger') return eventGridPaths;
      return binding.type === 'httpTrigger' ? [pathOf(String(binding['route']), routePrefix)] : [];
    }),
  );
  return [...new Set(paths)].sort();
};

/** `dps/{scope}/allocate` → `/api/dps/*`: all below where it is no longer known. */
const pathOf = (route: string, routePrefix: string): string =>
  `/${routePrefix}/${route.replace(/\{.*$/, '*')}`;
