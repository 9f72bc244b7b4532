/** Waits so long, in milliseconds. */
export type Pause = (ms: number) => Promise<void>;
