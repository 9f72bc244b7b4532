import type { Hub, HubHostName } from '../domain/hub.ts';
import { deviceCountMax } from '../domain/hub.ts';
import type { HubTable } from '../domain/hub-table.ts';

/** How the fleet was when a plan was made. */
export type PlannedWorld = {
  readonly policyVersion: number;
  /** Hubs that devices are moved to. */
  readonly targets: readonly HubHostName[];
  readonly sources: readonly HubHostName[];
};

/**
 * What has changed since a plan was made, so that it may not be right any more: looked at before each wave, and for a person to weigh. What has
 * changed of a device is looked at when its turn comes.
 */
export const driftOf = (
  { policyVersion, targets, sources }: PlannedWorld,
  table: HubTable,
  policyNow: number,
): readonly string[] => {
  const gone = [...new Set([...sources, ...targets])]
    .filter((hub) => !table.hubs.has(hub))
    .map((hub) => `${hub} is in the hub table no more`);
  const changed = targets.flatMap((name) => {
    const hub = table.hubs.get(name);
    return hub ? ofTarget(hub) : [];
  });
  const policy =
    policyNow === policyVersion
      ? []
      : [`the policy is version ${policyNow}: the plan was made by version ${policyVersion}`];
  return [...policy, ...gone, ...changed];
};

const ofTarget = (hub: Hub): readonly string[] => {
  if (hub.state !== 'open') return [`${hub.hostName} is ${hub.state}`];
  const isOver = hub.deviceCount !== undefined && hub.deviceCount > deviceCountMax(hub);
  return isOver ? [`${hub.hostName} holds more than it may`] : [];
};
