import { untilLeft } from '../child.ts';
import type { FromApp, ToApp } from './app-process.ts';
import { startHost } from './host.ts';

/**
 * The app's own process: started by `startApp`, told what to do over its channel. It ends when it is told to, or when whoever
 * started it is gone.
 */
const whenLeft = untilLeft();

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

const start = async ({ options }: ToApp): Promise<void> => {
  try {
    const { port, functionNames, stop } = await startHost(options, write);
    whenLeft(stop);
    tell({ kind: 'started', port, functionNames });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    tell({ kind: 'failed', message: describe(error), code }, () => process.exit(1));
  }
};

process.once('message', (message: ToApp) => void start(message));
