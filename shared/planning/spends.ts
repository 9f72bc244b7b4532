import type { Hub } from '../domain/hub.ts';
import { throttlesOf } from '../domain/quota.ts';

/** What moves spend of one of a hub's quotas. */
export type Spend = {
  readonly what: string;
  /** How many a minute it lets through for moves. */
  readonly perMinute: number;
  /** Of a move away from it, and of one to it. */
  readonly perOut: number;
  readonly perIn: number;
  /** Whether it is spent by asking devices: off a dead hub they come by themselves. */
  readonly isOfAsking: boolean;
};

/**
 * A method at the source; a look at both twins before and after; the request's clearing; and a new connection at the target.
 * @param ours the part of every quota that is not left to the fleet.
 * @param evenness the part of what the hub is given that is used: 1, where nothing comes later than it was expected.
 */
export const spendsOf = (hub: Hub, ours: number, evenness = 1): readonly Spend[] => {
  const throttles = throttlesOf(hub);
  const asking = (what: string, perSecond: number, perOut: number, perIn: number): Spend => ({
    what,
    perMinute: perSecond * 60 * ours,
    perOut,
    perIn,
    isOfAsking: true,
  });
  return [
    asking('direct methods', throttles.methodsPerSecond, 1, 0),
    asking('reads of twins', throttles.twinReadsPerSecond, 2, 2),
    asking('updates of twins', throttles.twinUpdatesPerSecond, 1, 1),
    {
      what: 'new connections',
      perMinute: throttles.connectionsPerSecond * 60 * ours,
      perOut: 0,
      perIn: 1,
      isOfAsking: false,
    },
    ...(hub.intakePerMinuteMax === undefined
      ? []
      : [
          {
            what: 'newcomers that it is given',
            perMinute: hub.intakePerMinuteMax * evenness,
            perOut: 0,
            perIn: 1,
            isOfAsking: false,
          },
        ]),
  ];
};
