import type { Brand } from './brand.ts';

/** Milliseconds since the Unix epoch, UTC. Time is data: pure rooms are given it and never read a clock. */
export type Instant = Brand<number, 'Instant'>;

export const instant = (ms: number): Instant => ms as Instant;
