import { expect, test } from 'vitest';
import { readMoveSettings } from '../../shared/config/move-settings.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { main } from '../support/a-question.ts';

const key = 'SharedAccessKeyName=k;SharedAccessKey=secret';

test('with nothing set there are defaults', () => {
  expect(readMoveSettings({})).toEqual({
    hubConnections: new Map(),
    dps: new Map(),
    device: { profile: 'rehome', methodName: 'Reprovision', propertyName: 'reprovision' },
    lookMs: 60_000,
    silenceMs: 1_800_000,
    listens: false,
    labelsFrom: { tags: [], reported: [] },
  });
});

test('what is set is read', () => {
  const connection = `HostName=East.azure-devices.net;${key}`;
  const read = readMoveSettings({
    REHOME_HUB_CONNECTIONS: JSON.stringify([connection]),
    REHOME_DPS: '{"main":{"idScope":"0ne1","hostName":"x.azure-devices-provisioning.net"}}',
    REHOME_DEVICE_PROFILE: 'deviceMove',
    REHOME_EVENTS_HUB: 'events',
    REHOME_LOOK_SECONDS: '5',
  });
  expect(read.hubConnections).toEqual(
    new Map([[hubHostName('east.azure-devices.net'), connection]]),
  );
  expect(read.dps.get(main)).toMatchObject({ idScope: '0ne1' });
  expect(read).toMatchObject({ lookMs: 5_000, listens: true });
});

test('[R5] every bad one is named, without its value', () => {
  const bad = {
    REHOME_HUB_CONNECTIONS: JSON.stringify([`HostName=;${key}`]),
    REHOME_DPS: '{"No Scope":{}}',
    REHOME_DEVICE_PROFILE: 'other',
    REHOME_METHOD_NAME: '1 bad name',
    REHOME_LOOK_SECONDS: '0',
  };
  let message = '';
  try {
    readMoveSettings(bad);
  } catch (error) {
    message = error instanceof Error ? error.message : '';
  }
  for (const name of Object.keys(bad)) expect(message).toContain(name);
  expect(message).not.toContain('secret');
});

test('DeviceMove without an id scope would send devices nowhere: it is refused', () => {
  expect(() => readMoveSettings({ REHOME_DEVICE_PROFILE: 'deviceMove' })).toThrow(
    'deviceMove needs the idScope of main',
  );
  expect(() => readMoveSettings({ REHOME_DPS: '{"mian":{"idScope":"0ne1"}}' })).toThrow(
    'mian is not one of REHOME_SCOPES',
  );
});
