import { type DeviceFacts, dependsOnPayload, placementOf } from '../allocation/placement.ts';
import { judgeRules } from '../allocation/rule-deciders.ts';
import type { Hub } from '../domain/hub.ts';
import type { Policy, Rule } from '../domain/policy.ts';

/**
 * Why the webhook would not answer a device that hub; undefined where it would. What depends on what the device sends when it registers is
 * left to the webhook to say.
 */
export const barredFrom = (
  policy: Policy,
  hub: Hub,
  facts: DeviceFacts,
  isQuarantined: boolean,
): string | undefined => {
  const rules = dependsOnPayload(policy, facts) ? [] : placementOf(policy, facts).rules;
  return barredBy(rules, policy, hub, isQuarantined);
};

/** The same, of a device to which these rules apply. */
export const barredBy = (
  rules: readonly Rule[],
  policy: Policy,
  hub: Hub,
  isQuarantined: boolean,
): string | undefined => {
  if (hub.hostName === policy.quarantine)
    return isQuarantined ? undefined : 'it is kept for quarantined devices';
  return judgeRules(hub, rules).find(({ says }) => says === 'no')?.because;
};
