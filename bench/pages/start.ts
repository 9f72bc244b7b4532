import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startApp } from '../../local/functions-host/app-process.ts';
import { newHostKeys } from '../../local/functions-host/keys.ts';
import sample from '../../local/samples/group-registration.json' with { type: 'json' };
import { post } from '../load.ts';
import { interleaved, median, spreadOf } from '../measure.ts';
import { column, type Page, type Table } from '../page.ts';

const root = path.resolve(import.meta.dirname, '../..');
const empty = path.join(root, 'bench/apps/empty');
const rounds = 11;

/** What a cold start pays: for the app's own modules, and until the first device is answered; unbundled and bundled, beside an empty app. */
export const measureStart = async (): Promise<Page> => {
  const bundle = mkdtempSync(path.join(tmpdir(), 'rehome-bundle-'));
  execFileSync(process.execPath, [path.join(root, 'deploy/bundle.ts'), bundle]);
  const tables = [await imports(bundle), await firstAnswers(bundle)];
  rmSync(bundle, { recursive: true });
  return {
    title: 'A cold start',
    tables,
    chart: { table: 0, columns: ['import'] },
    beside: ['@azure/functions', 'zod', '@azure/cosmos', 'esbuild'],
  };
};

const imports = async (bundle: string): Promise<Table> => {
  const works = {
    'an empty app: @azure/functions alone': `await import('@azure/functions');`,
    '@azure/functions and zod': `await import('@azure/functions'); await import('zod');`,
    'the app': doorsOf(path.join(root, 'dist/functions')),
    'the app, bundled': doorsOf(path.join(bundle, 'functions')),
    '@azure/cosmos, behind it': `await import('@azure/cosmos');`,
  };
  const timed = Object.fromEntries(
    Object.entries(works).map(([name, code]) => [name, () => importMs(code)]),
  );
  const measured = await interleaved(timed, rounds);
  const app = median(measured['the app'] ?? []);
  return {
    title: 'Modules alone, in a fresh process',
    columns: [column('import', 'ms'), column('of the app', '×')],
    rows: Object.entries(measured).map(([name, times]) => ({
      name,
      cells: [spreadOf(times), median(times) / app],
    })),
  };
};

const doorsOf = (folder: string): string =>
  `const { readdirSync } = await import('node:fs');
   for (const file of readdirSync('${folder}')) if (file.endsWith('.js')) await import('${folder}/' + file);`;

const importMs = (code: string): number => {
  const timed = `const begun = performance.now(); ${code} process.stdout.write(String(performance.now() - begun)); process.exit();`;
  const flags = ['--input-type=module', '--eval', timed];
  return Number(
    execFileSync(process.execPath, flags, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] }),
  );
};

const firstAnswers = async (bundle: string): Promise<Table> => {
  const webhook = '/api/dps/main/allocate';
  const measured = await interleaved(
    {
      'an empty app': () => firstAnswer(empty, '/api/noOp'),
      'the app': () => firstAnswer(root, webhook),
      'the app, bundled': () => firstAnswer(bundle, webhook),
    },
    rounds,
    1,
  );
  const least = median(measured['an empty app'].map(({ answeredMs }) => answeredMs));
  return {
    title: 'A process of the embedded host, from nothing to the first answer',
    columns: [
      column('started', 'ms'),
      column('first request', 'ms'),
      column('first answer', 'ms'),
      column('beside the empty app', '×'),
    ],
    rows: Object.entries(measured).map(([name, runs]) => ({
      name,
      cells: [
        spreadOf(runs.map(({ startedMs }) => startedMs)),
        spreadOf(runs.map(({ startedMs, answeredMs }) => answeredMs - startedMs)),
        spreadOf(runs.map(({ answeredMs }) => answeredMs)),
        median(runs.map(({ answeredMs }) => answeredMs)) / least,
      ],
    })),
  };
};

const body = JSON.stringify(sample);

const firstAnswer = async (appFolder: string, route: string) => {
  const begun = performance.now();
  const keys = newHostKeys();
  const app = await startApp(
    { appFolder, port: 0, keys, environment: process.env },
    () => undefined,
  );
  const startedMs = performance.now() - begun;
  const agent = new Agent();
  await post(agent, app.port, `${route}?code=${keys.host}`, body);
  const answeredMs = performance.now() - begun;
  agent.destroy();
  await app.stop();
  return { startedMs, answeredMs };
};
