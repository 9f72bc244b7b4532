import type { HubView } from '../../shared/wire/api/hubs.ts';
import { Bar } from './bar.tsx';

/** A hub's devices against what it may hold, and where its bound is. */
export const HubLoad = ({ hub }: { readonly hub: HubView }) => {
  const { deviceCount, most, bound } = hub;
  // A hub may hold a million: small fleets are shown against the bound, so that they can be seen.
  const whole = Math.max(1, bound === null ? most : Math.min(most, 1.25 * bound), deviceCount ?? 0);
  const load = (deviceCount ?? 0) / whole;
  const kind = deviceCount !== null && deviceCount > most ? 'over' : 'load';
  const marks = bound === null ? [] : [{ kind: 'bound', at: bound / whole }];
  return <Bar parts={[{ kind, share: load }]} marks={marks} />;
};
