import { expect, test, vi } from 'vitest';
import { compose } from '../../shared/composition.ts';
import { readMoveSettings } from '../../shared/config/move-settings.ts';
import { readPlanSettings } from '../../shared/config/plan-settings.ts';
import { readSettings } from '../../shared/config/settings.ts';
import { main } from '../support/a-question.ts';

test('without a store of its own the app plans in its own thread, and hubs that cannot be asked are no room', async () => {
  const hubs = ['east', 'west'].map((name) => ({ hostName: `${name}.azure-devices.invalid` }));
  const settings = readSettings({ REHOME_HUBS: JSON.stringify(hubs) });
  const connections = hubs.map(
    ({ hostName }) => `HostName=${hostName};SharedAccessKeyName=s;SharedAccessKey=a2V5`,
  );
  const moves = readMoveSettings({ REHOME_HUB_CONNECTIONS: JSON.stringify(connections) });
  const { planning } = compose(settings, moves, undefined, readPlanSettings({}));
  if (!planning) throw new Error('no planning');
  const { managePlans, limits } = planning;
  const { id } = await managePlans.ask(main, { kind: 'rebalance' }, limits, 'a test', 'Otto');
  await vi.waitFor(
    async () => expect((await managePlans.read(main, id))?.state.kind).toBe('made'),
    { timeout: 15_000, interval: 50 },
  );
  const kept = await managePlans.read(main, id);
  expect(kept?.state).toMatchObject({
    plan: { moveCount: 0, idle: expect.stringContaining('no hub') },
  });
});

test('a setting that only plans need does not keep the webhook from answering', () => {
  const { planning, moves, allocateDevice } = compose(readSettings({}), readMoveSettings({}));
  expect(planning).toBeUndefined();
  expect(moves).toBeDefined();
  expect(allocateDevice).toBeTypeOf('function');
});
