import type { HubHostName } from '../domain/hub.ts';

export type PlannedHub = {
  readonly hub: HubHostName;
  readonly state: string;
  /** Devices, or what they count for, moves under way counted at their target. */
  readonly before: number;
  readonly after: number;
  readonly level: number;
  readonly cap: number;
  /** What it may hold. */
  readonly most: number;
  readonly movesIn: number;
  readonly movesOut: number;
  readonly arriving: number;
  readonly leaving: number;
  /** [P1] Why it is past its cap all the same. */
  readonly past: string | undefined;
};

export type PlannedMove = {
  readonly deviceId: string;
  readonly from: number;
  readonly to: number;
  readonly weight: number;
  /** From 0: it has room once those of the stages before have settled. */
  readonly stage: number;
  /** Whether it is known to be movable; one that is not goes with the first, to be found out. */
  readonly isCertain: boolean;
};

export type PlanRefusal = {
  readonly deviceId: string;
  /** −1: it was not found on any. */
  readonly hub: number;
  /** A sentence, without its end. */
  readonly because: string;
};
