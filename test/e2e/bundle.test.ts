import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { aCommand } from '../support/a-command.ts';
import { aFleet } from '../support/a-fleet.ts';
import { aDeviceIn } from '../support/a-fleet-device.ts';
import { rootFolder } from '../support/source.ts';

test('the bundled app, in a folder without packages, does all that the app does: a device is placed, moved and proved', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'rehome-bundle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const bundle = path.join(rootFolder, 'deploy/bundle.ts');
  await promisify(execFile)(process.execPath, [bundle, folder]);
  // What is deployed, and nothing else: no source, no test, no setting of this machine.
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const packed = files
    .filter((file) => file.isFile())
    .map((file) => path.relative(folder, path.join(file.parentPath, file.name)));
  const [doors, rest] = [/^functions\/[a-z-]+\.js$/, /^(chunks|page)\/[\w.-]+\.(js|css|html|svg)$/];
  const isMeant = (file: string): boolean => doors.test(file) || rest.test(file);
  expect(packed.filter((file) => !isMeant(file)).sort()).toEqual(['host.json', 'package.json']);
  const sources = await readdir(path.join(rootFolder, 'functions'));
  expect(packed.filter((file) => doors.test(file))).toHaveLength(sources.length);
  const fleet = await aFleet({}, undefined, folder);
  const { device, settles, order } = await aDeviceIn(fleet, 'device-1');
  expect(await order()).toMatchObject({ status: 202 });
  await settles('verified');
  const rehome = aCommand(fleet.appUrl(), 'an-admin');
  const slow = path.join(rootFolder, 'docs/examples/solution-change.json');
  expect((await rehome('policy', 'put', slow, '--reason', 'a test')).out).toContain('version 1');
  expect((await rehome('plan', 'rebalance', '--reason', 'a test')).out).toContain(
    'nobody is moved',
  );
  const page = (file: string) => fetch(`${fleet.appUrl()}/api/ops${file}`, { redirect: 'manual' });
  const [html, script] = await Promise.all([page(''), page('/page.js')]);
  expect([html.status, script.status, (await page('/')).status]).toEqual([200, 200, 308]);
  expect(html.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await page('/package.json')).status).toBe(404);
  await device.stop();
}, 60_000);
