import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { groupRegistration, heatpumps, toasters } from '../support/samples.ts';
import { rootFolder } from '../support/source.ts';

/** What `npm start` runs, on the built app, as a terminal would: in a process group of its own. */
const start = (flags: readonly string[], settings: NodeJS.ProcessEnv = {}): ChildProcess => {
  const launcher = spawn(process.execPath, ['local/start.ts', '--devices', '0', ...flags], {
    cwd: rootFolder,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  onTestFinished(() => {
    if (isAlive(launcher)) process.kill(groupOf(launcher), 'SIGKILL');
  });
  return launcher;
};

/** A negative id names the whole group. */
const groupOf = ({ pid = 0 }: ChildProcess): number => -pid;

const isAlive = (launcher: ChildProcess): boolean => {
  try {
    return process.kill(groupOf(launcher), 0);
  } catch {
    return false;
  }
};

/** The curl that it prints, taken apart. */
const printed = async (launcher: ChildProcess): Promise<{ url: URL; file: string }> => {
  let output = '';
  launcher.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  while (!output.includes('The devices stay connected')) {
    if (launcher.exitCode !== null || !launcher.stdout) throw new Error(`It ended: ${output}`);
    await once(launcher.stdout, 'data');
  }
  const [, url = '', file = ''] =
    /curl -sS -w '\\n' '(.*)' --data-binary @'(.*)'/.exec(output) ?? [];
  return { url: new URL(url), file };
};

const curl = async (url: URL, file: string): Promise<unknown> => {
  const asked = spawn('curl', ['-sS', url.href, '--data-binary', `@${file}`]);
  return JSON.parse(await text(asked.stdout));
};

const refusesConnections = async (port: string): Promise<boolean> => {
  const [error] = await once(connect(Number(port), '127.0.0.1'), 'error');
  return error.code === 'ECONNREFUSED';
};

/** Settles when the server ends a connection on which nothing was asked. */
const cut = (url: URL): Promise<unknown> => {
  const held = connect(Number(url.port), '127.0.0.1');
  return new Promise((resolve) => held.on('error', resolve).on('close', resolve));
};

describe('npm start', () => {
  test('prints a curl that is answered a hub', async () => {
    const { url, file } = await printed(start(['--port', '0']));
    expect(path.basename(file)).toBe('group-registration.json');
    const { iotHubHostName } = (await curl(url, file)) as { iotHubHostName: string };
    expect(iotHubHostName).toMatch(/^rehome-hub-[123]\.azure-devices\.net$/);
  });

  test('asks for the key that it prints', async () => {
    const { url } = await printed(start(['--port', '0']));
    const post = (search: string) =>
      fetch(new URL(search, url), { method: 'POST', body: groupRegistration() });
    expect((await post('?code=wrong')).status).toBe(401);
    expect((await post(url.search)).status).toBe(200);
  });

  test('takes its settings from the environment first', async () => {
    const hubs = JSON.stringify([
      { hostName: toasters },
      { hostName: heatpumps, state: 'draining' },
    ]);
    const { url } = await printed(
      start(['--port', '0'], { REHOME_HUBS: hubs, REHOME_SCOPES: 'eu' }),
    );
    expect(url.pathname).toBe('/api/dps/eu/allocate');
    const answered = await fetch(url, { method: 'POST', body: groupRegistration() });
    expect(await answered.json()).toEqual({ iotHubHostName: toasters });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves no process and no port behind on %s',
    async (signal) => {
      const launcher = start(['--port', '0']);
      const { url } = await printed(launcher);
      await (await fetch(url, { method: 'POST', body: groupRegistration() })).text(); // a connection is kept alive
      if (signal === 'SIGINT') process.kill(groupOf(launcher), signal);
      else launcher.kill(signal);
      expect(await once(launcher, 'exit')).toEqual([0, null]);
      expect(isAlive(launcher)).toBe(false);
      expect(await refusesConnections(url.port)).toBe(true);
    },
  );

  test('ends when the shell that started it has been killed, as npm does it', async () => {
    const shell = spawn(
      'sh',
      ['-c', `"${process.execPath}" local/start.ts --port 0 --devices 0; true`],
      {
        cwd: rootFolder,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      },
    );
    onTestFinished(() => {
      if (isAlive(shell)) process.kill(groupOf(shell), 'SIGKILL');
    });
    const { url } = await printed(shell);
    const ended = cut(url);
    shell.kill('SIGTERM');
    await ended;
    expect(await refusesConnections(url.port)).toBe(true);
  });

  test('killed outright, takes the app with it', async () => {
    const launcher = start(['--port', '0']);
    const { url } = await printed(launcher);
    const ended = cut(url);
    launcher.kill('SIGKILL');
    await ended;
    expect(await refusesConnections(url.port)).toBe(true);
  });
});

describe('npm start -- --once', () => {
  test('provisions devices of both kinds, prints where they are, and ends', async () => {
    const launcher = start([
      '--port',
      '0',
      '--devices',
      '12',
      '--virtual',
      '40',
      '--hubs',
      '1:3',
      '--once',
    ]);
    const [[code], said] = await Promise.all([
      once(launcher, 'exit'),
      launcher.stdout ? text(launcher.stdout) : '',
    ]);
    expect(code).toBe(0);
    expect(isAlive(launcher)).toBe(false);
    expect(said).toContain('Devices: 12 of 12 have landed\n');
    expect(said).toContain('Virtual devices: 40 of 40 have landed\n');
    const rows = [...said.matchAll(/^rehome-hub-(\d)\S+ +(\d+) +(\d+) +[\d.]+ %$/gm)];
    expect(rows.map(([, hub, weight]) => [hub, weight])).toEqual([
      ['1', '1'],
      ['2', '3'],
    ]);
    expect(rows.reduce((sum, [, , , count]) => sum + Number(count), 0)).toBe(52);
  }, 20_000);
});

const failure = async (flags: readonly string[], settings: NodeJS.ProcessEnv = {}) => {
  const launcher = start(flags, settings);
  const [[code], said] = await Promise.all([
    once(launcher, 'exit'),
    launcher.stderr ? text(launcher.stderr) : '',
  ]);
  expect(code).toBe(1);
  expect(isAlive(launcher)).toBe(false);
  return said;
};

describe('npm start ends in one clear line for', () => {
  test('a taken port', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    expect(await failure(['--port', `${port}`])).toBe(
      `rehome: port ${port} is taken: choose another with --port\n`,
    );
  });

  test.each([
    [['--prot', '1'], /^rehome: Unknown option '--prot'.*\n$/],
    [['7072'], /^rehome: Unexpected argument '7072'.*\n$/],
    [['--port'], /^rehome: Option '--port <value>' argument missing\n$/],
    [['--port', 'http'], 'rehome: --port: expected a whole number from 0 to 65535\n'],
    [['--port', '0x50'], 'rehome: --port: expected a whole number from 0 to 65535\n'],
    [['--port', '-1'], /^rehome: Option '--port' argument is ambiguous\.\n$/],
    [['--devices', 'many'], 'rehome: --devices: expected a whole number from 0 to 10000\n'],
    [['--hubs', '1:0'], 'rehome: --hubs: expected up to 50 weights from 1 to 1000, as 1:2:3\n'],
    [['--port', '65536'], 'rehome: --port: expected a whole number from 0 to 65535\n'],
    [['--port', ''], 'rehome: --port: expected a whole number from 0 to 65535\n'],
  ])('the flags %j', async (flags, expected) => {
    expect(await failure(flags)).toMatch(expected);
  });

  test('bad settings, all of them', async () => {
    const bad = {
      REHOME_HUBS: '[{"hostName":"east.azure-devices.net","weight":0}]',
      REHOME_SCOPES: 'Main',
    };
    expect(await failure(['--port', '0'], bad)).toMatch(
      /^rehome: .*\.js: Bad settings: REHOME_SCOPES\[0\]: .*; REHOME_HUBS\[0\]\.weight: .*\n$/,
    );
  });
});
