import type { Policy } from '../domain/policy.ts';
import { type Demand, demandOf } from './demand.ts';
import type { Goal, PlanLimits } from './goal.ts';
import { isWorthBalancing } from './imbalance.ts';
import type { PlanRefusal } from './planned.ts';
import { countReasons } from './reasons.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * [P6] Below both thresholds, or one of them, nobody is moved for balance's sake. What counts is what could be spread: where hubs are uneven by counts
 * alone, it is said why nothing comes of it.
 */
export const whyIdle = (
  snapshot: Snapshot,
  demand: Demand,
  policy: Policy,
  limits: PlanLimits,
): string | undefined => {
  const { imbalancePercent, imbalanceCount } = limits;
  if (isWorthBalancing(snapshot, demand, limits)) return undefined;
  const past = `past its fair share by more than ${imbalancePercent} % and ${imbalanceCount} devices`;
  const byCounts = {
    ...snapshot,
    candidates: [],
    held: [],
    hubs: snapshot.hubs.map((look) => ({ ...look, isRead: false })),
  };
  const even = demandOf({ kind: 'rebalance' }, byCounts, policy, limits);
  const isUneven = limits.loadLabel === undefined && isWorthBalancing(byCounts, even, limits);
  if (!isUneven) return `no hub is ${past}`;
  const [most] = countReasons(snapshot.held);
  const held = most
    ? `${snapshot.held.length} devices cannot be moved, ${most.count} because ${most.because}`
    : 'rules keep it so';
  return `by counts alone a hub is ${past}, but what may be moved is spread evenly: ${held}`;
};

/** Of a plan in which nobody is moved. */
export const whyNobody = (
  goal: Goal,
  { hubs, candidates }: Snapshot,
  { quarantine }: Policy,
  refusals: readonly PlanRefusal[],
): string => {
  const hub = 'hub' in goal ? hubs.find((look) => look.hub.hostName === goal.hub)?.hub : undefined;
  if (goal.kind === 'fill' && hub) {
    if (hub.state !== 'open') return `${hub.hostName} is ${hub.state}`;
    if (hub.deviceCount === undefined) return `the devices of ${hub.hostName} were never counted`;
    if (hub.hostName === quarantine) return `${hub.hostName} is kept for quarantined devices`;
    return candidates.length === 0
      ? 'no hub has more than its fair share of devices that can be moved'
      : 'no hub has more than its fair share, or it has its own';
  }
  if (refusals.length > 0) return 'nobody of those who should can be moved';
  if (goal.kind === 'relocate') return 'nobody is where the rules do not allow it';
  return 'hub' in goal ? `nobody is known to be on ${goal.hub}` : 'nobody need be';
};
