import { once } from 'node:events';
import { type Child, startChild } from '../child.ts';
import type { HostOptions } from './host.ts';

export type ToApp = { readonly kind: 'start'; readonly options: HostOptions };

export type FromApp =
  | { readonly kind: 'started'; readonly port: number; readonly functionNames: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined };

export type AppProcess = Omit<Child, 'process'> & {
  readonly pid: number;
  readonly port: number;
  readonly functionNames: readonly string[];
};

export type AppOptions = HostOptions & {
  /** All of the app's environment, its settings among it. */
  readonly environment: NodeJS.ProcessEnv;
};

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
  const child = startChild(new URL('app-main.ts', import.meta.url), environment, writeLog);
  child.process.send({ kind: 'start', options } satisfies ToApp);
  const { port, functionNames } = await started(child);
  const { ended, stop } = child;
  return { pid: child.process.pid ?? 0, port, functionNames, ended, stop };
};

const started = async ({
  process: child,
  ended,
}: Child): Promise<Extract<FromApp, { kind: 'started' }>> => {
  const [told] = await Promise.race([
    once(child, 'message') as Promise<[FromApp]>,
    ended.then((): [FromApp] => [
      { kind: 'failed', message: 'The app ended before it had started.', code: undefined },
    ]),
  ]);
  if (told.kind === 'started') return told;
  throw Object.assign(new Error(told.message), { code: told.code });
};
