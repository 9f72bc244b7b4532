import { expect, test } from 'vitest';
import { type HubShown, hubAt, routeCommands, routing } from '../../deploy/route-commands.ts';

test('a hub that is there already gets the same routes, by command, once; and keeps what it has', () => {
  const condition = 'IS_DEFINED($body.tags.a)';
  const twin = { name: 'rehome-twin', source: 'TwinChangeEvents', condition };
  const told = routing.parse({
    REHOME_HUB_IDS: ' /subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/east ,',
    REHOME_ROUTES: JSON.stringify([twin]),
    REHOME_ROUTE_IDENTITY_ID: '/Identities/routes',
    REHOME_ROUTE_NAMESPACE: 'ns',
    REHOME_ROUTE_EVENT_HUB: 'device-events',
    AZURE_RESOURCE_GROUP: 'rg',
    AZURE_SUBSCRIPTION_ID: 'sub',
  });
  const at = hubAt(told.REHOME_HUB_IDS[0] ?? '');
  const commands = (shown: HubShown): readonly string[] =>
    routeCommands(told, at, shown).map((command) => command.join(' '));
  const [assign, endpoint, route] = commands({});
  expect(assign).toBe(
    'iot hub identity assign --subscription s --resource-group g --name east --user-assigned /Identities/routes',
  );
  expect(endpoint).toMatch(/^iot hub message-endpoint create eventhub .* --hub-name east /);
  expect(endpoint).toContain(
    '--endpoint-uri sb://ns.servicebus.windows.net --entity-path device-events',
  );
  expect(route).toMatch(/^iot hub message-route create /);
  expect(route).toContain(
    `--source-type twinchangeevents --endpoint-name rehome --condition ${condition}`,
  );
  const theirs = { name: 'theirs', endpointUri: 'sb://other.servicebus.windows.net/' };
  const ours = {
    name: 'rehome',
    endpointUri: 'sb://ns.servicebus.windows.net/',
    entityPath: 'device-events',
  };
  const isThere = { ...twin, endpointNames: ['rehome'], isEnabled: true };
  const done: HubShown = {
    identities: { '/identities/ROUTES': {} },
    endpoints: [theirs, ours],
    routes: [isThere],
  };
  expect(commands(done)).toEqual([]);
  expect(commands({ ...done, routes: [{ ...isThere, condition: 'other' }] })).toEqual([
    expect.stringMatching(/^iot hub message-route update /),
  ]);
  expect(commands({ ...done, endpoints: [{ ...ours, entityPath: 'other' }] })).toEqual([
    expect.stringMatching(/^iot hub message-endpoint update eventhub /),
  ]);
  expect(commands({ ...done, tier: 'Basic', routes: [] })).toEqual([]);
  expect(() => hubAt('/subscriptions/s/east')).toThrow(
    '/subscriptions/s/east is not the resource id of an IoT hub',
  );
});
