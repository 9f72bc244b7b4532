import type { Deadline } from '../../ports/deadline.ts';

/** In real time. The timer does not keep the process alive. */
export const systemDeadline: Deadline = async (timeoutMs, work) => {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)));
  });
  return Promise.race([work(signal), late]);
};
