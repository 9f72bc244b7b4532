import { Worker, workerData } from 'node:worker_threads';

/** What a worker's heap may hold: a million devices take half of it, and the process must not end for want of it. */
const heapMb = 1_024;

/**
 * Runs a file of ours in a thread of its own, so that whoever answers devices does not notice. Settles when it has ended.
 * @throws Error what it threw.
 */
export const runInWorker = (entry: URL, data: unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(entry, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    worker.on('error', reject);
    worker.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`The worker ended with ${code}`)),
    );
  });

/** In such a thread: what it was given. */
export const given = (): unknown => workerData;
