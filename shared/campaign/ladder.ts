import type { Instant } from '../domain/instant.ts';

/**
 * What helps where a device has come, and DPS could not move it off a dead hub; each with what it loses:
 *
 *     answer   it is answered elsewhere: nothing
 *     reset    its enrollment is put under the reset policy, until the campaign is over: its twin
 *     delete   its registration record is deleted, so that it is new: the same, and its old identity stays behind
 */
export const rungs = ['answer', 'reset', 'delete'] as const;
export type Rung = (typeof rungs)[number];

/** What was seen of a device that waits. */
export type Waiting = {
  /** When DPS last failed to register it; undefined: it did not. */
  readonly failedAt: Instant | undefined;
  readonly triggeredAt: Instant;
  /** Since when its enrollment is under the reset policy. */
  readonly resetAt: Instant | undefined;
};

/** The next rung, where the device has come since and failed; `none`: it may go no further. */
export const nextRung = (
  { failedAt, triggeredAt, resetAt }: Waiting,
  highest: Rung,
): Exclude<Rung, 'answer'> | 'none' | undefined => {
  if (failedAt === undefined || failedAt <= triggeredAt) return undefined;
  if (highest === 'answer') return 'none';
  if (resetAt === undefined) return 'reset';
  if (failedAt <= resetAt) return undefined; // it has not come since
  return highest === 'delete' ? 'delete' : 'none';
};
