import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSettings } from '../../shared/config/settings.ts';
import { hubHostName, untoldHub } from '../../shared/domain/hub.ts';
import { rootFolder } from '../support/source.ts';

const defaults = {
  scopes: new Set(['main']),
  hubs: [],
  boundSlackPercent: 5,
  cosmos: undefined,
  storeTimeoutMs: 1_500,
  snapshotMs: 10_000,
  atStoreMax: 256,
  policy: {},
  isGuarded: false,
};

test('an empty environment, or empty settings, mean the defaults', () => {
  expect(readSettings({})).toEqual(defaults);
  expect(
    readSettings({ REHOME_SCOPES: '', REHOME_HUBS: '', REHOME_BOUND_SLACK_PERCENT: ' ' }),
  ).toEqual(defaults);
});

test('local.settings.sample.json is valid', async () => {
  const text = await readFile(path.join(rootFolder, 'local.settings.sample.json'), 'utf8');
  const { hubs, scopes } = readSettings(JSON.parse(text).Values);
  expect(hubs.map(({ weight }) => weight)).toEqual([2, 1]);
  expect(scopes).toEqual(new Set(['main']));
});

test('every setting is read', () => {
  const hubs = [
    {
      hostName: 'East.azure-devices.net',
      weight: 3,
      capacity: 500,
      state: 'cordoned',
      region: 'WestEurope',
      tier: 'S1',
      tags: { tenant: 'contoso' },
      messagesPerDay: 400_000,
      messagesPerDevice: 24,
      intakePerMinute: 60,
    },
    { hostName: 'west.azure-devices.net' },
  ];
  expect(
    readSettings({
      REHOME_SCOPES: 'eu, us-1',
      REHOME_HUBS: JSON.stringify(hubs),
      REHOME_BOUND_SLACK_PERCENT: '10',
      REHOME_COSMOS: 'AccountEndpoint=https://a.documents.azure.com:443/;AccountKey=a2V5;',
      REHOME_STORE_TIMEOUT_MS: '800',
      REHOME_SNAPSHOT_MS: '500',
      REHOME_AT_STORE_MAX: '9',
      REHOME_POLICY: '{"strategy":"static"}',
      WEBSITE_AUTH_ENABLED: 'True',
      PATH: '/bin',
    }),
  ).toEqual({
    scopes: new Set(['eu', 'us-1']),
    hubs: [
      {
        ...untoldHub(hubHostName('east.azure-devices.net')),
        weight: 3,
        capacity: 500,
        state: 'cordoned',
        region: 'westeurope',
        tier: 'S1',
        tags: { tenant: 'contoso' },
        daily: {
          messageCountMax: 400_000,
          perDevice: 24,
          messageCount: undefined,
          measuredAt: undefined,
        },
        intakePerMinuteMax: 60,
      },
      untoldHub(hubHostName('west.azure-devices.net')),
    ],
    boundSlackPercent: 10,
    cosmos: { string: 'AccountEndpoint=https://a.documents.azure.com:443/;AccountKey=a2V5;' },
    storeTimeoutMs: 800,
    snapshotMs: 500,
    atStoreMax: 9,
    policy: { strategy: 'static' },
    isGuarded: true,
  });
});

const hub = 'east.azure-devices.net';
const complaint = (environment: NodeJS.ProcessEnv): string => {
  try {
    readSettings(environment);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

test.each([
  ['{', 'REHOME_HUBS: expected JSON'],
  ['{}', 'REHOME_HUBS: '],
  ['[7]', 'REHOME_HUBS[0]: '],
  ['[{}]', 'REHOME_HUBS[0].hostName: '],
  [`[{"hostName":"${hub}","weight":0}]`, 'REHOME_HUBS[0].weight: '],
  [`[{"hostName":"${hub}","weight":1.5}]`, 'REHOME_HUBS[0].weight: '],
  [`[{"hostName":"${hub}","weight":1001}]`, 'REHOME_HUBS[0].weight: '],
  [`[{"hostName":"${hub}","capacity":0}]`, 'REHOME_HUBS[0].capacity: '],
  [`[{"hostName":"${hub}","state":"shut"}]`, 'REHOME_HUBS[0].state: '],
  [`[{"hostName":"${hub}","wieght":2}]`, 'REHOME_HUBS[0]: Unrecognized key: "wieght"'],
  ['[{"hostName":"not a host"}]', 'REHOME_HUBS[0].hostName: '],
  [
    `[{"hostName":"${hub}"},{"hostName":"${hub.toUpperCase()}"}]`,
    'REHOME_HUBS[1].hostName: is listed twice',
  ],
])('the hubs %s are named', (hubs, expected) => {
  expect(complaint({ REHOME_HUBS: hubs })).toContain(expected);
});

test.each(['Main', 'a b', 'x'.repeat(33), ',', '-a'])('the scopes %j are named', (scopes) => {
  expect(complaint({ REHOME_SCOPES: scopes })).toContain('REHOME_SCOPES[0]: expected lower-case');
});

test.each(['-1', '101', 'five', '2.5'])('the slack %j is named', (slack) => {
  expect(complaint({ REHOME_BOUND_SLACK_PERCENT: slack })).toContain(
    'REHOME_BOUND_SLACK_PERCENT: ',
  );
});

test.each(['AccountKey=S3CRET', 'https://S3CRET', 'AccountEndpoint=x;AccountKey=S3CRET'])(
  'the store %j is named, not told',
  (cosmos) => {
    const message = complaint({ REHOME_COSMOS: cosmos });
    expect(message).toContain('REHOME_COSMOS: expected AccountEndpoint=');
    expect(message).not.toContain('S3CRET');
  },
);

test.each(['0', '10001', 'soon'])('the time-out %j is named', (timeout) => {
  expect(complaint({ REHOME_STORE_TIMEOUT_MS: timeout })).toContain('REHOME_STORE_TIMEOUT_MS: ');
});

test('every bad key is named at once, in one line, without its value', () => {
  const message = complaint({
    REHOME_SCOPES: 'S3CRET',
    REHOME_HUBS: 'S3CRET',
    REHOME_BOUND_SLACK_PERCENT: 'S3CRET',
  });
  for (const key of ['REHOME_SCOPES', 'REHOME_HUBS', 'REHOME_BOUND_SLACK_PERCENT'])
    expect(message).toContain(key);
  expect(message).not.toMatch(/S3CRET|\n/);
});
