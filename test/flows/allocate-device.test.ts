import { expect, test } from 'vitest';
import { memoryHubTables } from '../../shared/adapters/memory/hub-tables.ts';
import { instant } from '../../shared/domain/instant.ts';
import { parseScope, type Scope } from '../../shared/domain/scope.ts';
import { allocateDevice } from '../../shared/flows/allocate-device.ts';
import { aHub } from '../support/a-hub.ts';
import { aQuestion } from '../support/a-question.ts';

const hubs = [aHub('east', { weight: 3 }), aHub('west')];

const aRequest = (device: string) => ({
  ...aQuestion({ device, linked: ['east', 'west'] }),
  scope: parseScope('main') as Scope,
  enrollment: { kind: 'group', id: 'group-1' } as const,
});

test('a decision says how old the snapshot is that it stands on', async () => {
  let now = instant(1_000);
  const clock = { now: () => now };
  const allocate = allocateDevice({ hubTables: memoryHubTables(hubs, clock), clock }, 5);
  now = instant(4_500);
  expect((await allocate(aRequest('device-1'))).snapshotAgeMs).toBe(3_500);
});

test('[A6] whoever is asked, and whenever, the answer is the same', async () => {
  const instances = [0, 1_000, 2_000].map((started) => {
    const clock = { now: () => instant(started) };
    return allocateDevice({ hubTables: memoryHubTables(hubs, clock), clock }, 5);
  });
  for (let device = 0; device < 50; device += 1) {
    const answers = await Promise.all(
      instances.map((allocate) => allocate(aRequest(`device-${device}`))),
    );
    expect(new Set(answers.map(({ hub }) => hub)).size).toBe(1);
    expect(hubs.map(({ hostName }) => String(hostName))).toContain(answers[0]?.hub);
  }
});
