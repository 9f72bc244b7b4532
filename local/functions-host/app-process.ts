import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { HostOptions } from './host.ts';

export type ToApp =
  | { readonly kind: 'start'; readonly options: HostOptions }
  | { readonly kind: 'stop' };

export type FromApp =
  | { readonly kind: 'started'; readonly port: number; readonly functionNames: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined };

export type AppProcess = {
  readonly pid: number;
  readonly port: number;
  readonly functionNames: readonly string[];
  /** Settles when the process has ended, by whatever cause. */
  readonly ended: Promise<void>;
  /** Answers what is under way and ends; past `stopMsMax` the process is killed. */
  readonly stop: () => Promise<void>;
};

export type AppOptions = HostOptions & {
  /** All of the app's environment, its settings among it. */
  readonly environment: NodeJS.ProcessEnv;
};

/** How long what is under way may take to end. */
export const stopMsMax = 5_000;

/**
 * Runs an app on the embedded host in a process of its own, as in Azure: its library, settings and memory are its own, and it can
 * be killed.
 * @param writeLog takes each line that the app or its host writes.
 * @throws Error with the reason when the app does not start; `code` is EADDRINUSE when the port is taken.
 */
export const startApp = async (
  { environment, ...options }: AppOptions,
  writeLog: (line: string) => void,
): Promise<AppProcess> => {
  const child = fork(new URL('app-main.ts', import.meta.url), {
    env: environment,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => undefined);
  for (const output of [child.stdout, child.stderr]) {
    if (output) createInterface(output).on('line', writeLog);
  }
  child.send({ kind: 'start', options } satisfies ToApp);
  const { port, functionNames } = await started(child, ended);
  return { pid: child.pid ?? 0, port, functionNames, ended, stop: () => stop(child, ended) };
};

const started = async (
  child: ChildProcess,
  ended: Promise<void>,
): Promise<Extract<FromApp, { kind: 'started' }>> => {
  const [told] = await Promise.race([
    once(child, 'message') as Promise<[FromApp]>,
    ended.then((): [FromApp] => [
      { kind: 'failed', message: 'The app ended before it had started.', code: undefined },
    ]),
  ]);
  if (told.kind === 'started') return told;
  throw Object.assign(new Error(told.message), { code: told.code });
};

const stop = async (child: ChildProcess, ended: Promise<void>): Promise<void> => {
  if (child.connected) child.send({ kind: 'stop' } satisfies ToApp);
  const kill = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
  await ended;
  clearTimeout(kill);
};
