import type { Hub } from '../domain/hub.ts';
import type { Restriction, Rule } from '../domain/policy.ts';
import { no, type Verdict, yes } from './verdict.ts';

/** What a hub must be, for a device to which these rules apply: what rule, residency and tier say, in that order. */
export const judgeRules = (hub: Hub, rules: readonly Rule[]): readonly Verdict[] =>
  kinds.map(({ decider, fits, wants }) => {
    const against = rules.find(({ restriction }) => !fits(restriction, hub));
    if (against) return no(decider, `rule ${against.name} wants ${wants(against.restriction)}`);
    const names = rules.map(({ name }) => name).join(', ');
    return yes(decider, names === '' ? 'no rule applies' : `allowed by ${names}`);
  });

/** The same without the sentences: whether one rule allows a hub. */
export const allows = (restriction: Restriction, hub: Hub): boolean =>
  kinds.every(({ fits }) => fits(restriction, hub));

type Kind = {
  readonly decider: 'rule' | 'residency' | 'tier';
  readonly fits: (restriction: Restriction, hub: Hub) => boolean;
  readonly wants: (restriction: Restriction) => string;
};

/** More would make a line of the log too long for who keeps it. */
const namedMax = 3;

const kinds: readonly Kind[] = [
  {
    decider: 'rule',
    fits: ({ hubs, tags }, { hostName, tags: held }) =>
      (hubs?.includes(hostName) ?? true) &&
      Object.entries(tags).every(([name, value]) => held[name] === value),
    wants: ({ hubs, tags }) =>
      [
        ...(hubs
          ? [hubs.length > namedMax ? `one of ${hubs.length} hubs` : `one of ${hubs.join(', ')}`]
          : []),
        ...Object.entries(tags).map(([name, value]) => `the tag ${name} ${value}`),
      ].join(', and '),
  },
  {
    decider: 'residency',
    fits: ({ regions }, { region }) =>
      regions === undefined || (region !== undefined && regions.includes(region)),
    wants: ({ regions = [] }) => `a hub in ${regions.join(', ')}`,
  },
  {
    decider: 'tier',
    fits: ({ tiers }, { tier }) =>
      tiers === undefined || (tier !== undefined && tiers.includes(tier)),
    wants: ({ tiers = [] }) => `a hub of ${tiers.join(', ')}`,
  },
];
