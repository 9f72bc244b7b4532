/**
 * Runs `work` and gives up on it after so long: its signal is then aborted, and the promise rejects. Whatever `work` has done by then
 * stays done.
 */
export type Deadline = <Result>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;
