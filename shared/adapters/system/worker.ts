import { Worker, workerData } from 'node:worker_threads';

/** What a worker's heap may hold: a million devices take half of it, and the process must not end for want of it. */
const heapMb = 1_024;

/**
 * Runs a file of ours in a thread of its own, so that whoever answers devices does not notice. Settles when it has ended, by itself or because its time was over.
 * @throws Error what it threw.
 */
export const runInWorker = (entry: URL, data: unknown, timeoutMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(entry, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    const timer = setTimeout(() => void worker.terminate(), timeoutMs);
    worker.on('error', reject);
    worker.on('exit', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else reject(new Error(`The worker ended with ${code}`));
    });
  });

/** In such a thread: what it was given. */
export const given = (): unknown => workerData;
