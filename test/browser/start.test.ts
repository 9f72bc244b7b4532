import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aBrowser, hasBrowser, violationsOn } from '../support/a-browser.ts';
import { rootFolder } from '../support/source.ts';

/** `npm start`, as a newcomer runs it; what it prints until the devices are there. */
const aStart = async (settings: NodeJS.ProcessEnv): Promise<string> => {
  const flags = ['--devices', '2', '--virtual', '60', '--hubs', '1:1:1', '--port', '0'];
  const launcher: ChildProcess = spawn(process.execPath, ['local/start.ts', ...flags], {
    cwd: rootFolder,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  onTestFinished(() => {
    process.kill(-(launcher.pid ?? 0), 'SIGKILL'); // the whole group
  });
  let output = '';
  launcher.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  while (!output.includes('The devices stay connected')) {
    if (launcher.exitCode !== null || !launcher.stdout) throw new Error(`It ended: ${output}`);
    await once(launcher.stdout, 'data');
  }
  return output;
};

describe.skipIf(!hasBrowser)('npm start', () => {
  test('prints a link to the page; from balanced to drained there, by nothing else', async () => {
    const output = await aStart({ REHOME_CAMPAIGN: JSON.stringify({ bakeMinutes: 0 }) });
    const [, appUrl = '', token = ''] =
      /the operators' page\s+(http:\/\/127\.0\.0\.1:\d+)\/\.auth\/login\/aad\?token=([\w-]+)&/.exec(
        output,
      ) ?? [];
    const { open } = await aBrowser();
    const { page, faults } = await open(appUrl, token);
    page.setDefaultTimeout(20_000);
    const hub = page.getByRole('row', { name: /rehome-hub-2/ });
    await hub.getByText('open').waitFor();
    // Counted within a minute, or it is not known yet.
    await hub.getByText(/^\d+$/).first().waitFor({ timeout: 90_000 });
    // Until the fleet was taken in, a plan knows a part of it.
    await page.getByText(/plans know a part of it/).waitFor({ state: 'hidden', timeout: 90_000 });
    await page.getByLabel('What to do with rehome-hub-2').selectOption('drain');
    await page.getByLabel('Do that with rehome-hub-2').click();
    await page.getByLabel('Why? It stands in the audit.').fill('a try');
    await page.getByRole('button', { name: 'Plan it' }).click();
    await page.getByRole('button', { name: 'Carry it out' }).click();
    await page.getByLabel('Type').fill('rehome-hub-2');
    await page.getByRole('button', { name: /^Move \d+ devices$/ }).click();
    await page.getByText('completed').first().waitFor({ timeout: 120_000 });
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('link', { name: 'Fleet' }).click();
    // A drain leaves its hub so; the page knows it from the app's next look at its hubs.
    await hub.getByText('cordoned').waitFor();
    expect(faults).toEqual([]);
  }, 360_000);
});
