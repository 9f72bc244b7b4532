import { describe, expect, test } from 'vitest';
import { type ParsedSignal, parseAlert, parseResourceEvent } from '../../shared/wire/hub-signal.ts';
import { aHub, aTable } from '../support/a-hub.ts';
import { host } from '../support/a-move.ts';

/** Shapes as docs/azure-signals.md has them, with its sources. */

const table = aTable(aHub('east'), aHub('west'));
const hub = host('east');
const time = '2026-03-01T10:00:00Z';
const at = Date.parse(time);
const idOf = (name: string): string =>
  `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Devices/IotHubs/${name}`;

describe('resource events of Event Grid', () => {
  const event = (eventType: string, subject: string, data: object = {}): object => ({
    id: '1',
    topic: '/subscriptions/s',
    subject,
    eventType,
    eventTime: time,
    data: { operationName: 'Microsoft.Devices/IotHubs/write', status: 'Succeeded', ...data },
    dataVersion: '2',
    metadataVersion: '1',
  });
  const cloudEvent = (type: string, subject: string, data: object): object => ({
    id: '1',
    source: '/subscriptions/s',
    subject,
    type,
    time,
    specversion: '1.0',
    data,
  });
  const failover = { operationName: 'MICROSOFT.DEVICES/IOTHUBS/FAILOVER/ACTION' };
  const notified = 'Microsoft.ResourceNotifications.Resources.CreatedOrUpdated';
  const signal = (told: object): ParsedSignal =>
    ({ kind: 'signal', signal: { at, ...told } }) as ParsedSignal;

  test.each<[string, object, ParsedSignal]>([
    [
      'changed: how, it does not say',
      event('Microsoft.Resources.ResourceWriteSuccess', idOf('east')),
      signal({ kind: 'changed', hub, tier: undefined, units: undefined }),
    ],
    [
      'changed, spelled otherwise',
      event('Microsoft.Resources.ResourceWriteSuccess', idOf('EAST').replace('IotHubs', 'iothubs')),
      signal({ kind: 'changed', hub, tier: undefined, units: undefined }),
    ],
    [
      'changed, with the edition, should Azure send it',
      cloudEvent(notified, idOf('east'), { resourceInfo: { sku: { name: 'S2', capacity: 3 } } }),
      signal({ kind: 'changed', hub, tier: 'S2', units: 3 }),
    ],
    [
      'deleted',
      event('Microsoft.Resources.ResourceDeleteSuccess', idOf('east')),
      signal({ kind: 'deleted', hub }),
    ],
    [
      'deleted, as a notification',
      cloudEvent('Microsoft.ResourceNotifications.Resources.Deleted', idOf('east'), {}),
      signal({ kind: 'deleted', hub }),
    ],
    [
      'failed over by somebody',
      event('Microsoft.Resources.ResourceActionSuccess', idOf('east'), failover),
      signal({ kind: 'failingOver', hub }),
    ],
    [
      'a hub that the hub table does not list',
      event('Microsoft.Resources.ResourceWriteSuccess', idOf('south')),
      signal({ kind: 'unlisted', resource: idOf('south') }),
    ],
    [
      'another action on a hub',
      event('Microsoft.Resources.ResourceActionSuccess', idOf('east'), {
        operationName: 'Microsoft.Devices/IotHubs/listkeys/Action',
      }),
      { kind: 'nothing' },
    ],
    [
      'a child of a hub',
      event('Microsoft.Resources.ResourceWriteSuccess', `${idOf('east')}/certificates/c`),
      { kind: 'nothing' },
    ],
    [
      'a write that failed',
      event('Microsoft.Resources.ResourceWriteFailure', idOf('east')),
      { kind: 'nothing' },
    ],
    [
      'another kind of resource',
      event(
        'Microsoft.Resources.ResourceDeleteSuccess',
        '/subscriptions/s/providers/Microsoft.Storage/accounts/east',
      ),
      { kind: 'nothing' },
    ],
  ])('%s', (_name, told, expected) => {
    expect(parseResourceEvent(told, table)).toEqual(expected);
  });

  test.each<[string, object, string]>([
    ['no subject', { ...event('x', ''), subject: undefined }, 'subject'],
    ['no time', { ...event('x', idOf('east')), eventTime: 'yesterday' }, 'type and a time'],
    ['no data', { ...event('x', idOf('east')), data: null }, 'data'],
  ])('what cannot be read names the field: %s', (_name, told, named) => {
    const parsed = parseResourceEvent(told, table);
    expect(parsed.kind === 'unparsable' && parsed.because).toContain(named);
  });
});

describe('alerts in the common alert schema', () => {
  const alert = (essentials: object, alertContext: object): object => ({
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        monitorCondition: 'Fired',
        monitoringService: 'Resource Health',
        alertTargetIDs: [idOf('east').toLowerCase()],
        firedDateTime: time,
        ...essentials,
      },
      alertContext,
    },
  });
  const health = (currentHealthStatus: string | null) =>
    alert({}, { eventTimestamp: time, properties: { currentHealthStatus, cause: null } });
  const usage = (metricName: string, metricValue: number | null, monitorCondition = 'Fired') =>
    alert(
      { monitoringService: 'Platform', monitorCondition },
      { condition: { allOf: [{ metricName, metricValue, threshold: '320000' }] } },
    );

  test.each<[string, object, object]>([
    ['unavailable', health('Unavailable'), { kind: 'unhealthy', hub, at }],
    ['degraded', health('Degraded'), { kind: 'unhealthy', hub, at }],
    ['available again', health('Available'), { kind: 'healthy', hub, at }],
    [
      'its messages of today',
      usage('dailyMessageQuotaUsed', 320_417),
      { kind: 'messages', hub, at, count: 320_417 },
    ],
    [
      'fewer again',
      usage('dailyMessageQuotaUsed', 12, 'Resolved'),
      { kind: 'messages', hub, at, count: 12 },
    ],
  ])('%s', (_name, told, expected) => {
    expect(parseAlert(told, table)).toEqual([{ kind: 'signal', signal: expected }]);
  });

  test.each<[string, object]>([
    ['that nothing is known', health('Unknown')],
    ['no status at all', health(null)],
    ['another metric', usage('connectedDeviceCount', 3)],
    ['no value', usage('dailyMessageQuotaUsed', null)],
    [
      'what is no hub',
      alert(
        { alertTargetIDs: ['/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/x'] },
        { properties: { currentHealthStatus: 'Unavailable' } },
      ),
    ],
  ])('tells nothing: %s', (_name, told) => {
    expect(parseAlert(told, table)).toEqual([{ kind: 'nothing' }]);
  });

  test('a hub that is not in the hub table leaves a trace', () => {
    const south = alert(
      { alertTargetIDs: [idOf('south')] },
      { properties: { currentHealthStatus: 'Unavailable' } },
    );
    expect(parseAlert(south, table)).toMatchObject([
      { kind: 'signal', signal: { kind: 'unlisted', resource: idOf('south') } },
    ]);
  });

  test('one alert may be of several hubs', () => {
    const both = alert(
      { alertTargetIDs: [idOf('east'), idOf('west')] },
      { properties: { currentHealthStatus: 'Unavailable' } },
    );
    expect(parseAlert(both, table)).toHaveLength(2);
  });

  test.each<[string, unknown, string]>([
    ['another schema', { schemaId: 'other', data: {} }, 'schemaId'],
    ['no targets', alert({ alertTargetIDs: undefined }, {}), 'data.essentials.alertTargetIDs'],
    ['a time that is none', alert({ firedDateTime: 'soon' }, {}), 'firedDateTime'],
    ['nothing', null, 'body'],
  ])('what cannot be read names the field: %s', (_name, told, named) => {
    const [parsed] = parseAlert(told, table);
    expect(parsed?.kind === 'unparsable' && parsed.because).toContain(named);
  });
});
