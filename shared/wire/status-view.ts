import type { Status } from '../flows/read-status.ts';
import type { StatusView } from './api/status.ts';
import { toIso } from './device-contract.ts';
import type { Principal } from './principal.ts';

/** The app as operators see it. */
export const toStatusView = (
  { now, scopes, dial, needsTwoPersons, store, table, policyVersion, disabled }: Status,
  { name, roles }: Principal,
): StatusView => ({
  now: toIso(now),
  you: { name, roles: [...roles] },
  scopes: scopes.map(({ name: scope, isTakenIn }) => ({
    name: scope,
    isTakenIn: isTakenIn ?? null,
  })),
  dial: dial ?? null,
  needsTwoPersons,
  store: { kind: store.isShared ? 'cosmos' : 'memory', fault: store.fault ?? null },
  hubs: { count: table.hubs.size, takenAt: toIso(table.takenAt) },
  policy: policyVersion,
  disabled,
});

/**
 * What anybody may hear, as nobody is signed in who asks: whether devices are answered, and whether what is decided can be written. A store that
 * is away is no reason to start the app anew: devices are answered without it.
 */
export const toHealthView = ({ store, disabled }: Pick<Status, 'store' | 'disabled'>) => ({
  status: store.fault === undefined && disabled.length === 0 ? 'healthy' : 'degraded',
  store: store.fault === undefined ? 'answers' : 'gives no answer',
  disabled: disabled.map(({ what }) => what),
});
