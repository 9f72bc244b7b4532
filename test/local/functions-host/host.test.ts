import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type AppProcess, startApp } from '../../../local/functions-host/app-process.ts';
import { anApp } from '../../support/an-app.ts';

const keys = { master: 'master-key', host: 'host-key', functions: { locked: 'locked-key' } };
const appFolder = path.join(import.meta.dirname, 'app');
const environment = { ...process.env, FIXTURE_SETTING: 'set' };

/** What the app logs, and a wait for a line of it. */
const logOf = () => {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  return {
    lines,
    write: (line: string): void => {
      lines.push(line);
      for (const look of waiting) look();
    },
    line: (pattern: RegExp): Promise<string> =>
      new Promise((resolve) => {
        const look = () => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
};

const start = (folder: string, log = logOf()): Promise<AppProcess> =>
  startApp({ appFolder: folder, port: 0, keys, environment }, log.write);

const log = logOf();
let app: AppProcess;
beforeAll(async () => {
  app = await start(appFolder, log);
});
afterAll(() => app.stop());

const ask = (route: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${app.port}${route}`, init);

describe('HTTP', () => {
  test('a request reaches the handler whole, and its answer comes back', async () => {
    const answer = await ask('/api/echo/bob?x=1&x=2&y=%20', {
      method: 'POST',
      body: '{"a":"é"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-answer')).toBe('echoed');
    expect(answer.headers.get('x-custom')).toBe('yes');
    expect(await answer.json()).toEqual({
      method: 'POST',
      params: { name: 'bob' },
      query: { x: '1,2', y: ' ' },
      contentType: 'application/json',
      body: '{"a":"é"}',
      settings: 'set',
    });
  });

  test('a path is matched without case; a wrong method or path is 404, empty', async () => {
    expect((await ask('/API/Echo')).status).toBe(201);
    for (const answer of [
      await ask('/api/echo', { method: 'PUT', body: 'x' }),
      await ask('/api/else'),
      await ask('/'),
    ]) {
      expect(answer.status).toBe(404);
      expect(await answer.text()).toBe('');
    }
  });

  test('routes are tried in order of function name, and the first match wins', async () => {
    expect(await (await ask('/api/order/known')).text()).toBe('first');
  });

  test('keys open doors by header or by query, each its own', async () => {
    const by = async (route: string, key: string) => {
      const header = await ask(route, { headers: { 'x-functions-key': key } });
      const query = await ask(`${route}?code=${key}`);
      expect(query.status).toBe(header.status);
      return query.status;
    };
    expect((await ask('/api/locked')).status).toBe(401);
    expect(await by('/api/locked', 'wrong')).toBe(401);
    expect(await by('/api/locked', 'locked-key')).toBe(200);
    expect(await by('/api/lockedToo', 'locked-key')).toBe(401);
    expect(await by('/api/lockedToo', 'host-key')).toBe(200);
    expect(await by('/api/adminOnly', 'host-key')).toBe(401);
    expect(await by('/api/adminOnly', 'master-key')).toBe(200);
  });

  test('no answer is 204, a thrown error 500 and logged with its stack', async () => {
    expect((await ask('/api/nothing')).status).toBe(204);
    const failed = await ask('/api/throws', { method: 'POST', body: 'x' });
    expect([failed.status, await failed.text()]).toEqual([500, '']);
    expect(await log.line(/Function\.throws failed: Error: kaboom/)).toMatch(/^\d{4}-.* error /);
    expect(await log.line(/at .*doors\.ts/)).toBeDefined();
  });

  test('a handler past functionTimeout is 500, and logged', async () => {
    expect((await ask('/api/slow?ms=3000')).status).toBe(500);
    await log.line(/Function\.slow failed: .*functionTimeout, 1000 ms/);
  });

  test('what the host does not have, it says: cookies', async () => {
    expect((await ask('/api/cookie?code=secret')).status).toBe(500);
    await log.line(/error Host\.Http GET \/api\/cookie: The embedded host sets no cookies\.$/);
  });

  test('a body past 100 MiB is 413', async () => {
    const body = new Uint8Array(100 * 1024 * 1024 + 1);
    expect((await ask('/api/echo', { method: 'POST', body })).status).toBe(413);
  });

  test('a Ctrl-C is left to whoever started the app', async () => {
    process.kill(app.pid, 'SIGINT');
    expect((await ask('/api/echo')).status).toBe(201);
  });
});

test('a timer runs, and tells no status under a minute', async () => {
  await log.line(/information Function\.everySecond\.User ticked false (null|undefined)$/);
});

test('a timer that is disabled does not fire, and runs when it is asked to', async () => {
  const held = logOf();
  const disabled = { ...environment, 'AzureWebJobs.everySecond.Disabled': 'true' };
  const other = await startApp({ appFolder, port: 0, keys, environment: disabled }, held.write);
  onTestFinished(() => other.stop());
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  expect(held.lines.filter((line) => line.includes('ticked'))).toEqual([]);
  const url = `http://127.0.0.1:${other.port}/admin/functions/everySecond`;
  await fetch(url, { method: 'POST', headers: { 'x-functions-key': keys.master } });
  await held.line(/Function\.everySecond\.User ticked/);
});

test('log levels follow host.json, the longest category first', async () => {
  await Promise.all([ask('/api/quiet'), ask('/api/loud')]);
  await log.line(/Function\.loud\.User an error line/);
  await log.line(/Function\.quiet\.User an error line/);
  const logged = (name: string) =>
    log.lines.flatMap((line) =>
      line.includes(`Function.${name}.User`) ? (/ an? (\w+) line$/.exec(line)?.[1] ?? []) : [],
    );
  expect(logged('quiet')).toEqual(['error']);
  expect(logged('loud')).toEqual(['debug', 'information', 'error']);
});

test('stop answers what is under way, then frees the port and ends the process', async () => {
  const own = logOf();
  const stopped = await start(appFolder, own);
  const answer = fetch(`http://127.0.0.1:${stopped.port}/api/slow?ms=300`);
  await own.line(/begun/);
  await stopped.stop();
  expect(await (await answer).text()).toBe('slow');
  const [error] = await once(connect(stopped.port, '127.0.0.1'), 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  expect(() => process.kill(stopped.pid, 0)).toThrow('ESRCH');
});

test('a taken port is told by its code', async () => {
  await expect(
    startApp({ appFolder, port: app.port, keys, environment }, () => undefined),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

const importing = `import { app, output, input } from '@azure/functions';`;
const door = `app.http('door', { authLevel: 'anonymous', handler: () => ({}) });`;

test.each<[what: string, named: string | RegExp, files: Record<string, string>]>([
  [
    'another trigger',
    'Function fed: the embedded host has no trigger of type cosmosDBTrigger',
    {
      'functions/a.ts': `${importing} app.cosmosDB('fed', { databaseName: 'd', containerName: 'c', connection: 'X', handler: () => {} });`,
    },
  ],
  [
    'an output',
    'Function door: the embedded host has no binding of type queue',
    {
      'functions/a.ts': `${importing} app.http('door', { extraOutputs: [output.storageQueue({ queueName: 'q', connection: 'X' })], handler: () => ({}) });`,
    },
  ],
  [
    'a retry policy',
    'Function tick: the embedded host has no retry policies but of Event Hubs',
    {
      'functions/a.ts': `${importing} app.timer('tick', { schedule: '0 * * * * *', retry: { strategy: 'fixedDelay', maxRetryCount: 1, delayInterval: 1000 }, handler: () => {} });`,
    },
  ],
  [
    'a hook',
    'runs no hooks: preInvocation',
    { 'functions/a.ts': `${importing} app.hook.preInvocation(() => {}); ${door}` },
  ],
  [
    'HTTP streaming',
    /stream/i,
    { 'functions/a.ts': `${importing} app.setup({ enableHttpStream: true }); ${door}` },
  ],
  [
    'a schedule that is none',
    `'0 0 L' is no NCRONTAB schedule`,
    {
      'functions/a.ts': `${importing} app.timer('tick', { schedule: '0 0 L', handler: () => {} });`,
    },
  ],
  [
    'a route with a constraint',
    'no route segment {id:int}',
    {
      'functions/a.ts': `${importing} app.http('door', { route: 'a/{id:int}', handler: () => ({}) });`,
    },
  ],
  [
    'two functions of one name',
    'door is registered twice',
    { 'functions/a.ts': `${importing} ${door} ${door}` },
  ],
  ['no function', 'registered no function', { 'functions/a.ts': 'export {};' }],
  ['no file', `main, functions/*.ts, matches no file`, {}],
  [
    'an entry point that throws',
    /^functions\/a\.ts: on purpose$/,
    { 'functions/a.ts': `throw new Error('on purpose');` },
  ],
  [
    'a bug, with its stack',
    /^functions\/a\.ts: .*\n(.*\n)*TypeError.*\n.*at /,
    { 'functions/a.ts': `(undefined as unknown as { a: { b: 1 } }).a.b;` },
  ],
  [
    'throttling',
    /host\.json: .*the embedded host does not throttle/s,
    {
      'functions/a.ts': `${importing} ${door}`,
      'host.json':
        '{ "version": "2.0", "extensions": { "http": { "maxOutstandingRequests": 5 } } }',
    },
  ],
  [
    'another extension',
    /host\.json: .*queues/s,
    {
      'functions/a.ts': `${importing} ${door}`,
      'host.json': '{ "version": "2.0", "extensions": { "queues": {} } }',
    },
  ],
])('an app with %s does not start, and the reason is named', async (_what, named, files) => {
  await expect(start(await anApp(files))).rejects.toThrow(named);
});

const hostJson = (more: object) => JSON.stringify({ version: '2.0', ...more });

test.each<[what: string, named: RegExp, hostJson: string]>([
  [
    'an allow-list',
    /^host\.json: it: Unrecognized key: "functions"$/,
    hostJson({ functions: ['door'] }),
  ],
  [
    'a retry policy for all',
    /^host\.json: it: Unrecognized key: "retry"$/,
    hostJson({ retry: {} }),
  ],
  [
    'a time-out of another form',
    /^host\.json: functionTimeout: expected hh:mm:ss$/,
    hostJson({ functionTimeout: '5' }),
  ],
])('host.json with %s is refused by name, in one line', async (_what, named, text) => {
  const app = await anApp({ 'functions/a.ts': `${importing} ${door}`, 'host.json': text });
  await expect(start(app)).rejects.toThrow(named);
});

test.each([
  ['runOnStartup: true', 'Function tick: the embedded host has no runOnStartup or useMonitor'],
  ['useMonitor: false', 'Function tick: the embedded host has no runOnStartup or useMonitor'],
])('a timer with %s is refused by name', async (option, named) => {
  const text = `${importing} app.timer('tick', { schedule: '0 * * * * *', ${option}, handler: () => {} });`;
  await expect(start(await anApp({ 'functions/a.ts': text }))).rejects.toThrow(named);
});

test('a setting in a trigger is refused by name', async () => {
  const text = `${importing} app.http('door', { route: '%ROUTE%', handler: () => ({}) });`;
  await expect(start(await anApp({ 'functions/a.ts': text }))).rejects.toThrow(
    'does not resolve %settings%',
  );
});

test('an app that is still loading ends with whoever started it', async () => {
  const folder = await anApp({
    'functions/a.ts': `console.log('pid', process.pid); await new Promise((resolve) => setTimeout(resolve, 60_000));`,
  });
  const startApp = path.join(import.meta.dirname, '../../../local/functions-host/app-process.ts');
  const code = `import { startApp } from ${JSON.stringify(startApp)};
    startApp({ appFolder: ${JSON.stringify(folder)}, port: 0, keys: {}, environment: process.env }, console.log);`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(owner.stdout, 'data');
  const pid = Number(/pid (\d+)/.exec(String(said))?.[1]);
  expect(process.kill(pid, 0)).toBe(true);
  owner.kill('SIGKILL');
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 4_000 });
});

test('an app that ends by itself at start is told', async () => {
  await expect(start(await anApp({ 'functions/a.ts': 'process.exit(3);' }))).rejects.toThrow(
    'ended before it had started',
  );
});

test('an app whose handler never ends is killed when its time to stop is over', async () => {
  const hanging = `${importing} app.http('hang', { authLevel: 'anonymous', handler: async (_, context) => { context.info('begun'); for (;;) {} } });`;
  const own = logOf();
  const stuck = await start(await anApp({ 'functions/a.ts': hanging }), own);
  const answer = fetch(`http://127.0.0.1:${stuck.port}/api/hang`).catch(() => 'cut');
  onTestFinished(() => stuck.ended);
  await own.line(/begun/);
  await stuck.stop();
  expect(await answer).toBe('cut');
}, 15_000);
