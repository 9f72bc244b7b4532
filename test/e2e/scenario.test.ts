import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { rootFolder } from '../support/source.ts';

/** In real time, by the app's own timers: a minute at most until the campaign begins. */
test('npm start -- --scenario drain: approved, carried out and done on the command line alone', async () => {
  const flags = ['--scenario', 'drain', '--devices', '2', '--virtual', '10', '--once', '--port'];
  const launcher = spawn(
    process.execPath,
    ['local/start.ts', ...flags, '0', '--organic', '5', '--time', '600'],
    {
      cwd: rootFolder,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
  onTestFinished(() => {
    if (launcher.exitCode === null) process.kill(-(launcher.pid ?? 0), 'SIGKILL');
  });
  let output = '';
  for (const stream of [launcher.stdout, launcher.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  expect([...(await once(launcher, 'exit')), output]).toEqual([0, null, expect.anything()]);
  expect(output).toContain('ended: 12 moves: 12 verified');
  expect(output).toContain('Quotas refused 0 registrations, and 0 calls of hubs.');
  expect(output).toMatch(/rehome-hub-1\.azure-devices\.net +1 +0 +0\.0 %/); // those that come by themselves land elsewhere
}, 180_000);
