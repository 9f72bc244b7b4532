import type { FromApp, ToApp } from './app-process.ts';
import { startHost } from './host.ts';

/** The app's own process: started by `startApp`, told what to do over its channel. It ends when it is told to, or when whoever started it is gone. */

const tell = (message: FromApp): void => {
  process.send?.(message);
};

const write = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** A bug keeps its stack; what was said on purpose is one line. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const isBug = cause instanceof Error && cause.name !== 'Error';
  return isBug ? `${error.message}\n${cause.stack}` : error.message;
};

const start = async (options: Extract<ToApp, { kind: 'start' }>['options']): Promise<void> => {
  try {
    const { port, functionNames, stop } = await startHost(options, write);
    process.on('message', () => void stop().then(() => process.exit(0)));
    process.on('disconnect', () => void stop().then(() => process.exit(0)));
    tell({ kind: 'started', port, functionNames });
  } catch (error) {
    process.exitCode = 1;
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    process.send?.({ kind: 'failed', message: describe(error), code } satisfies FromApp, () =>
      process.exit(1),
    );
  }
};

// A Ctrl-C reaches every process of the terminal: the one that started this one says when to stop.
process.on('SIGINT', () => undefined);
process.once('message', (message: ToApp) => {
  if (message.kind === 'start') void start(message.options);
});
