import type { Rule } from '../../shared/domain/policy.ts';
import { host } from './a-move.ts';

/** One that matches every device and allows every hub, but for what is said. */
export const aRule = (name: string, but: Partial<Rule> = {}): Rule => ({
  name,
  when: {
    scopes: undefined,
    enrollmentGroups: undefined,
    individualEnrollments: undefined,
    registrationId: undefined,
    regions: undefined,
    labels: [],
    payload: [],
  },
  restriction: { hubs: undefined, tags: {}, regions: undefined, tiers: undefined },
  strategy: undefined,
  quarantines: false,
  initialTwin: undefined,
  goesOn: false,
  ...but,
});

/** Devices labelled so may be on these hubs alone. */
export const only = (site: string, ...hubs: readonly string[]): Rule => {
  const { when, restriction } = aRule(site);
  return aRule(site, {
    when: { ...when, labels: [{ path: ['site'], matcher: [site] }] },
    restriction: { ...restriction, hubs: hubs.map(host) },
  });
};
