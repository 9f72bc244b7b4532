import { hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import { noPolicy } from '../../shared/domain/policy.ts';
import { planLimits } from '../../shared/planning/goal.ts';
import { plan } from '../../shared/planning/plan.ts';
import { type Candidate, type Kind, snapshotOf } from '../../shared/planning/snapshot.ts';
import { aHub } from './a-hub.ts';
import { paceLimits } from './a-plan-of.ts';
import { main } from './a-question.ts';

/** A million devices, 60 % of them on one of 50 hubs. Answers how many are moved. */
export const planAMillion = (deviceCount = 1_000_000): number => {
  const names = Array.from({ length: 50 }, (_, index) => `hub-${String(index).padStart(2, '0')}`);
  const hubOf = (index: number): number => (index % 10 < 6 ? 0 : 1 + (index % 49));
  const counts = new Array<number>(50).fill(0);
  for (let index = 0; index < deviceCount; index += 1)
    counts[hubOf(index)] = (counts[hubOf(index)] ?? 0) + 1;
  const kinds = names.map(
    (_, hub): Kind => ({
      id: hub,
      hub,
      eligible: names.flatMap((__, to) => (to === hub ? [] : [to])),
      misplaced: undefined,
      doubt: undefined,
      isRecent: false,
    }),
  );
  const candidates = Array.from(
    { length: deviceCount },
    (_, index): Candidate => ({
      deviceId: `device-${index}`,
      kind: kinds[hubOf(index)] as Kind,
      weight: 1,
      order: Math.imul(index, 2_654_435_761) >>> 3,
      group: undefined,
      returnTo: undefined,
    }),
  );
  const table = hubTable(
    names.map((name, index) => aHub(name, { deviceCount: counts[index] })),
    instant(0),
  );
  const nobody = { held: [], moving: [] };
  const looked = { scope: main, table, policyVersion: 0, now: instant(0), candidates, ...nobody };
  const snapshot = snapshotOf({ ...looked, isRead: () => true });
  return plan(snapshot, { kind: 'rebalance' }, noPolicy, planLimits, paceLimits).moves.length;
};
