import type { PlannedMove } from './planned.ts';

/** Two plans, as far as they are compared. */
export type Compared = {
  readonly hubs: readonly { readonly hub: string; readonly after: number }[];
  readonly moves: readonly Pick<PlannedMove, 'deviceId' | 'to'>[];
};

/** What the second plan does otherwise than the first. */
export type PlanDiff = {
  /** Devices that both move to the same hub. */
  readonly same: number;
  readonly onlyInFirst: readonly string[];
  readonly onlyInSecond: readonly string[];
  /** Devices that both move, to different hubs. */
  readonly elsewhere: readonly {
    readonly deviceId: string;
    readonly first: string;
    readonly second: string;
  }[];
  /** Hubs that end otherwise. */
  readonly hubs: readonly {
    readonly hub: string;
    readonly first: number;
    readonly second: number;
  }[];
};

export const diffPlans = (first: Compared, second: Compared): PlanDiff => {
  const [one, other] = [targetsIn(first), targetsIn(second)];
  const both = [...one].filter(([deviceId]) => other.has(deviceId));
  const elsewhere = both.flatMap(([deviceId, to]) => {
    const there = other.get(deviceId) ?? '';
    return there === to ? [] : [{ deviceId, first: to, second: there }];
  });
  const starts = new Map(first.hubs.map(({ hub, after }) => [hub, after]));
  const ends = new Map(second.hubs.map(({ hub, after }) => [hub, after]));
  return {
    same: both.length - elsewhere.length,
    onlyInFirst: [...one.keys()].filter((deviceId) => !other.has(deviceId)),
    onlyInSecond: [...other.keys()].filter((deviceId) => !one.has(deviceId)),
    elsewhere,
    hubs: [...new Set([...starts.keys(), ...ends.keys()])].flatMap((hub) => {
      const [there, here] = [starts.get(hub) ?? 0, ends.get(hub) ?? 0];
      return there === here ? [] : [{ hub, first: there, second: here }];
    }),
  };
};

const targetsIn = ({ hubs, moves }: Compared): ReadonlyMap<string, string> =>
  new Map(moves.map(({ deviceId, to }) => [deviceId, hubs[to]?.hub ?? '']));
