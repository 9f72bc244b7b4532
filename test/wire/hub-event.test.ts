import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HubEvent } from '../../local/iot-hub/hub-event.ts';
import { toRoutedMessage } from '../../local/iot-hub/routing.ts';
import { realWorld } from '../../local/world.ts';
import { hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import { parseGridEvent } from '../../shared/wire/grid-event.ts';
import { type HubMessage, parseHubEvent } from '../../shared/wire/hub-event.ts';
import { aHub } from '../support/a-hub.ts';
import { east } from '../support/a-move.ts';

const table = hubTable([aHub('east'), aHub('west')], instant(0));
const time = '2026-01-01T00:00:00.1234567Z';
const at = new Date(time).getTime();

const routed = (but: Partial<HubEvent> = {}): HubMessage => {
  const event: HubEvent = {
    hubName: 'east',
    deviceId: 'Pump',
    source: 'deviceLifecycleEvents',
    opType: 'createDeviceIdentity',
    operationTimestamp: time,
    body: {},
    ...but,
  };
  const { body, properties, annotations } = toRoutedMessage(event, realWorld);
  return { body, properties, systemProperties: annotations };
};
const parsed = (message: HubMessage) => parseHubEvent(message, table, 'reprovision');

describe('a hub’s event', () => {
  test.each([
    ['deviceLifecycleEvents', 'createDeviceIdentity', 'created'],
    ['deviceLifecycleEvents', 'deleteDeviceIdentity', 'absent'],
    ['deviceConnectionStateEvents', 'deviceConnected', 'active'],
  ] as const)('%s %s: %s', (source, opType, kind) => {
    expect(parsed(routed({ source, opType }))).toEqual({
      kind: 'sighting',
      deviceId: 'Pump',
      evidence: { kind, hub: east, at },
    });
  });

  const word = (hub: string) => ({
    properties: {
      reported: { reprovision: { contract: 1, requestId: 'm-1:1', state: 'done', hub } },
    },
  });
  const twin = { source: 'twinChangeEvents', opType: 'updateTwin' } as const;

  test('a change of the twin tells the device’s word, where it was said there', () => {
    expect(parsed(routed({ ...twin, body: word('EAST.azure-devices.net') }))).toMatchObject({
      kind: 'sighting',
      evidence: { kind: 'said', hub: east, word: { request: 'm-1:1', state: 'done' } },
    });
    expect(parsed(routed({ ...twin, body: word('west.azure-devices.net') })).kind).toBe('nothing');
  });

  test.each<[string, object, object]>([
    [
      'what operators write comes first',
      { tags: { tenant: 'contoso' }, properties: { reported: { region: 'west' } } },
      { by: 'operators', labels: { tenant: 'contoso' } },
    ],
    [
      'what the device says of itself',
      { properties: { reported: { region: 'west', tenant: 'mine' } } },
      { by: 'device', labels: { region: 'west' } },
    ],
    [
      'what is said no more',
      { tags: { tenant: null } },
      { by: 'operators', labels: { tenant: null } },
    ],
  ])('labels: %s', (_name, body, told) => {
    const labelsFrom = { tags: ['tenant'], reported: ['region'] };
    const message = routed({ ...twin, body: body as HubEvent['body'] });
    expect(parseHubEvent(message, table, 'reprovision', labelsFrom)).toMatchObject({
      kind: 'labels',
      told: { deviceId: 'Pump', ...told },
    });
    expect(parsed(message).kind).toBe('nothing'); // where nobody wants them
  });

  test.each([
    ['no text', { tags: { tenant: 7 } }],
    ['too long', { tags: { tenant: 'x'.repeat(65) } }],
    ['another name', { tags: { owner: 'contoso' } }],
  ])('labels: %s is none', (_name, body) => {
    const labelsFrom = { tags: ['tenant'], reported: [] };
    expect(parseHubEvent(routed({ ...twin, body }), table, 'reprovision', labelsFrom).kind).toBe(
      'nothing',
    );
  });

  test.each<[string, HubMessage]>([
    ['telemetry', { ...routed(), systemProperties: { 'iothub-message-source': 'Telemetry' } }],
    ['a message of nobody', { properties: {}, systemProperties: {}, body: 'x' }],
    [
      'a disconnection',
      routed({ source: 'deviceConnectionStateEvents', opType: 'deviceDisconnected' }),
    ],
    ['another hub’s', routed({ hubName: 'north' })],
    ['a module’s', { ...routed(), properties: { ...routed().properties, moduleId: 'm' } }],
    [
      'a change of desired properties',
      routed({ ...twin, body: { properties: { desired: { a: 1 } } } }),
    ],
    ['another operation', { ...routed(), properties: { ...routed().properties, opType: 'x' } }],
  ])('%s tells nothing', (_name, message) => {
    expect(parsed(message)).toEqual({ kind: 'nothing' });
  });

  test.each<[string, HubMessage, string]>([
    ['a device', { ...routed(), properties: { ...routed().properties, deviceId: 7 } }, 'deviceId'],
    [
      'a time',
      { ...routed(), properties: { ...routed().properties, operationTimestamp: 'soon' } },
      'operationTimestamp',
    ],
    ['a body', { ...routed(twin), body: '{' }, 'body'],
  ])('[R3] without %s it is unparsable, and it is said why', (_name, message, field) => {
    expect(parsed(message)).toMatchObject({
      kind: 'unparsable',
      because: expect.stringContaining(field),
    });
  });

  test('[R3] whatever comes, it is one of the three', () => {
    const values = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.object());
    const keys = fc.constantFrom(
      'hubName',
      'deviceId',
      'opType',
      'operationTimestamp',
      'moduleId',
      '__proto__',
    );
    const message = fc.record({
      properties: fc.dictionary(keys, values),
      systemProperties: fc.dictionary(fc.constantFrom('iothub-message-source'), values),
      body: fc.oneof(fc.string(), fc.json()),
    });
    fc.assert(
      fc.property(message, (given) => {
        expect(['sighting', 'nothing', 'unparsable']).toContain(parsed(given).kind);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('an Event Grid event', () => {
  const data = { hubName: 'EAST', deviceId: 'Pump' };
  const sighting = {
    kind: 'sighting',
    deviceId: 'Pump',
    evidence: { kind: 'active', hub: east, at },
  };

  test('in its own schema, and as a CloudEvent', () => {
    const eventType = 'Microsoft.Devices.DeviceConnected';
    expect(parseGridEvent({ eventType, eventTime: time, data }, table)).toEqual(sighting);
    const cloud = { type: eventType, time, source: '/SUBSCRIPTIONS/x', specversion: '1.0', data };
    expect(parseGridEvent(cloud, table)).toEqual(sighting);
  });

  test.each(['Telemetry', 'Disconnected'])('Device%s tells nothing', (what) => {
    const eventType = `Microsoft.Devices.Device${what}`;
    expect(parseGridEvent({ eventType, eventTime: time, data }, table)).toEqual({
      kind: 'nothing',
    });
  });

  test.each<[string, unknown]>([
    ['no data', { eventType: 'Microsoft.Devices.DeviceCreated', eventTime: time }],
    ['no time', { eventType: 'Microsoft.Devices.DeviceCreated', data }],
    ['no type', { eventTime: time, data }],
    ['text', 'text'],
    ['nothing', null],
  ])('[R3] %s is unparsable', (_name, event) => {
    expect(parseGridEvent(event, table)).toMatchObject({ kind: 'unparsable' });
  });
});
