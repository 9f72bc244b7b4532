import { type FromApp, stopMsMax, type ToApp } from './app-process.ts';
import { startHost } from './host.ts';

/**
 * The app's own process: started by `startApp`, told what to do over its channel. It ends when it is told to, or when whoever
 * started it is gone.
 */

const tell = (message: FromApp, told: () => void = () => undefined): void => {
  process.send?.(message, told);
};

const write = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** A bug keeps its stack; what was said on purpose is one line. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const origin = error.cause instanceof Error ? error.cause : error;
  return origin.name === 'Error' ? error.message : `${error.message}\n${origin.stack}`;
};

const start = async (options: Extract<ToApp, { kind: 'start' }>['options']): Promise<void> => {
  try {
    const { port, functionNames, stop } = await startHost(options, write);
    const leave = (): void => {
      setTimeout(() => process.exit(1), stopMsMax);
      void stop().then(() => process.exit(0));
    };
    process.on('message', leave);
    process.off('disconnect', leaveAtOnce);
    process.on('disconnect', leave);
    if (!process.connected) leave();
    tell({ kind: 'started', port, functionNames });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    tell({ kind: 'failed', message: describe(error), code }, () => process.exit(1));
  }
};

/** While the app is loading there is nothing to end well. */
const leaveAtOnce = (): void => process.exit(1);
process.on('disconnect', leaveAtOnce);

// A Ctrl-C reaches every process of the terminal: the one that started this one says when to stop.
process.on('SIGINT', () => undefined);
process.once('message', (message: ToApp) => {
  if (message.kind === 'start') void start(message.options);
});
