import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process of ours that is spoken to over its channel, and ends when it is told to or when this one is gone. */
export type Child = {
  readonly process: ChildProcess;
  /** Settles when it has ended, by whatever cause. */
  readonly ended: Promise<void>;
  /** Tells it to stop: what is under way may take `stopMsMax` to end, then it is killed. */
  readonly stop: () => Promise<void>;
};

/** How long what is under way may take to end. */
export const stopMsMax = 5_000;

/** What every child is told at last. */
export const stopMessage = { kind: 'stop' } as const;

/** @param writeLog takes each line that the child writes. */
export const startChild = (
  entry: URL,
  environment: NodeJS.ProcessEnv,
  writeLog: (line: string) => void,
): Child => {
  const child = fork(entry, {
    env: environment,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => undefined);
  for (const output of [child.stdout, child.stderr]) {
    if (output) createInterface(output).on('line', writeLog);
  }
  return { process: child, ended, stop: () => stop(child, ended) };
};

const stop = async (child: ChildProcess, ended: Promise<void>): Promise<void> => {
  if (child.connected) child.send(stopMessage);
  const kill = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
  await ended;
  clearTimeout(kill);
};

/** In the child: `leave` runs when it is told to stop or whoever started it is gone; before it is given, the latter ends it at once. */
export const untilLeft = (): ((leave: () => Promise<void>) => void) => {
  const atOnce = (): void => process.exit(1);
  process.on('disconnect', atOnce);
  process.on('SIGINT', () => undefined); // a Ctrl-C reaches every process of the terminal: the one that started this one says when
  return (leave) => {
    const leaving = (): void => {
      setTimeout(() => process.exit(1), stopMsMax);
      void leave().then(() => process.exit(0));
    };
    process.off('disconnect', atOnce);
    process.on('disconnect', leaving);
    process.on('message', (message) => {
      if ((message as { readonly kind?: unknown }).kind === stopMessage.kind) leaving();
    });
    if (!process.connected) leaving();
  };
};
