import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type AppProcess, startApp } from './functions-host/app-process.ts';
import { newHostKeys } from './functions-host/keys.ts';
import { readLocalSettings } from './functions-host/local-settings.ts';

/** `npm start`: Rehome on this machine. Anything that keeps it from starting is one line on stderr and exit code 1. */

/** As with `func start`. */
const portDefault = 7071;

/**
 * Settles when whoever started this is gone: npm's shell dies of a SIGTERM and tells nobody. Watched from the first moment on, since
 * that may be the moment.
 */
const parentGone = new Promise<'asked'>((resolve) => {
  const parent = process.ppid;
  const look = () => process.ppid !== parent && resolve('asked');
  setInterval(look, 500).unref();
});

const usage = `npm start -- [--port N]

  --port N   where the app listens on 127.0.0.1: ${portDefault} unless told; 0 lets the system choose
  --help     this`;

const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const main = async (): Promise<void> => {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) return say(usage);
  const appFolder = here('..');
  const { file, values } = await readLocalSettings(appFolder);
  const environment = { ...values, ...process.env }; // as with Core Tools
  const keys = newHostKeys();
  const options = { appFolder, port: flags.port, keys, environment };
  const starting = startApp(options, say).catch((error) => {
    throw error.code === 'EADDRINUSE'
      ? new Error(`port ${flags.port} is taken: choose another with --port`)
      : error;
  });
  const app = await Promise.race([starting, parentGone]);
  if (app === 'asked') process.exit(1); // the app sees its channel close, and ends
  const scope = environment['REHOME_SCOPES']?.split(',')[0]?.trim() || 'main';
  say(welcome(app, file, `/api/dps/${scope}/allocate?code=${keys.host}`));
  await untilStopped(app);
};

const readFlags = (given: readonly string[]) => {
  const { values } = parseArgs({
    args: [...given],
    options: { port: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  const port = Number(values.port ?? portDefault);
  if (!/^\d+$/.test(values.port ?? '0') || port > 65_535) {
    throw new Error('--port: expected a whole number from 0 to 65535');
  }
  return { port, help: values.help };
};

const welcome = (
  { port, functionNames }: AppProcess,
  settingsFile: string,
  path: string,
): string => {
  const url = `http://127.0.0.1:${port}${path}`;
  return `
Rehome runs on the embedded Functions host, with ${settingsFile}: ${functionNames.join(', ')}.

  DPS's webhook   ${url}

Ask it, as a DPS does when a device of an enrollment group registers:

  curl -sS -w '\\n' '${url}' --data-binary @'${here('samples/group-registration.json')}'

The key is new at every start. Ctrl-C stops it.
`;
};

/** A Ctrl-C, a polite kill of this process or of the npm that started it, or the app's own end. */
const untilStopped = async (app: AppProcess): Promise<void> => {
  const asked = new Promise<'asked'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve('asked'));
    }
  });
  const why = await Promise.race([asked, parentGone, app.ended]);
  if (why !== 'asked') throw new Error('the app ended by itself');
  await app.stop();
};

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const isAdvice = error instanceof Error && 'code' in error; // Node's own errors go on with advice
  process.stderr.write(`rehome: ${isAdvice ? message.split('\n')[0] : message}\n`);
  process.exitCode = 1;
});
