import type { Fault } from '../../local/cosmos/faults.ts';
import type { HubFault } from '../../local/iot-hub/faults.ts';
import type { Fleet } from './operator.ts';

const storeFaults: readonly Fault['does'][] = [
  { kind: 'answer', status: 429, retryAfterMs: 50 },
  { kind: 'answer', status: 503 },
  { kind: 'drop before' },
  { kind: 'drop after' },
  { kind: 'delay', delayMs: 400 },
];
const storeShare = 0.04;
const hubShare = 0.06;

/** The store and the hubs fail now and then, done or not. */
export const badServices = ({ cosmos, azure }: Fleet, random: () => number) => {
  let count = 0;
  const strikes = (share: number): boolean => {
    const isHit = random() < share;
    if (isHit) count += 1;
    return isHit;
  };
  const share = storeShare / storeFaults.length;
  const faults = storeFaults.map(
    (does): Fault => ({ matches: () => strikes(share), count: Number.POSITIVE_INFINITY, does }),
  );
  const hubFault: HubFault = {
    matches: () => strikes(hubShare),
    count: Number.POSITIVE_INFINITY,
    does: async (proper) => {
      if (random() < 0.3) return { status: 429, headers: { 'retry-after': '1' } };
      if (random() < 0.5) await proper(); // done, and the answer is lost
      return 'dropped';
    },
  };
  cosmos.faults.push(...faults);
  for (const hub of azure.hubs.values()) hub.faults.push(hubFault);
  return {
    count: (): number => count,
    end: (): void => {
      cosmos.faults.length = 0;
      for (const hub of azure.hubs.values()) hub.faults.length = 0;
    },
  };
};
