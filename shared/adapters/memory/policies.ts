import type { Policy } from '../../domain/policy.ts';
import type { KeptPolicy, Policies, PolicyVersions } from '../../ports/policies.ts';

/** Versions in the process: gone with it. */
export const memoryPolicyVersions = (): PolicyVersions => {
  const kept = new Map<number, KeptPolicy>();
  return {
    newest: async () => ({ version: kept.size, kept: kept.get(kept.size) }),
    read: async (version) => kept.get(version),
    put: async (next) => {
      const { version } = next.policy;
      if (kept.has(version)) return 'superseded';
      kept.set(version, next);
      return 'written';
    },
  };
};

/** Of such versions the newest; that of the settings while there is none. */
export const memoryPolicies = (versions: PolicyVersions, seed: () => Policy): Policies => {
  const { signal } = new AbortController();
  let newest: Policy | undefined;
  const known = async (): Promise<Policy> => {
    newest = (await versions.newest(signal)).kept?.policy;
    return newest ?? seed();
  };
  return { latest: () => newest ?? seed(), known };
};
