import { type Act, type Deed, hubNames } from './script.ts';
import type { VirtualWorld } from './virtual-world.ts';
import { hour, minute } from './weather.ts';

export type Chance = Pick<VirtualWorld, 'random' | 'between' | 'pick'>;

const anyDevice = ({ random }: Chance): number => Math.floor(random() * 1_000);
const sites = ['north', 'south'] as const;

/** What may happen, as often a day as a scenario says; hardly anything is without an end. */
export const acts = {
  byHand: (chance: Chance): readonly Deed[] => {
    const device = anyDevice(chance);
    const dice = chance.random();
    if (dice < 0.1) return [{ does: 'cancel', device }];
    if (dice < 0.2) return [{ does: chance.pick(['quarantine', 'return']), device }];
    if (dice < 0.24) return [{ does: chance.pick(['pin', 'unpin']), device }];
    if (dice < 0.25) return [{ does: 'delete', device }];
    const jitter = chance.pick([0, 30, 300]);
    return [{ does: 'move', device, to: chance.pick(hubNames), jitter }];
  },
  campaign: (chance: Chance): readonly Deed[] => [
    {
      does: 'campaign',
      goal: chance.pick(['drain', 'drain', 'evacuate', 'drill', 'rebalance', 'relocate', 'fill']),
      hub: chance.pick(hubNames),
      onFail: chance.pick(['hold', 'abort', 'rollback']),
      window: chance.random() < 0.2 ? ['20:00', '04:00'] : undefined,
    },
  ],
  command: (chance: Chance): readonly Deed[] =>
    chance.random() < 0.1
      ? [{ does: 'reset breaker' }]
      : [{ does: chance.pick(['pause', 'resume', 'resume', 'stop', 'abort', 'rollback']) }],
  hub: (chance: Chance): readonly Deed[] => {
    const hub = chance.pick(hubNames);
    if (chance.random() < 0.2) return [{ does: 'weight', hub, weight: chance.pick([0.5, 1, 2]) }];
    const state = chance.pick(['cordoned', 'closed', 'open'] as const);
    return [{ does: 'state', hub, state }, later({ does: 'state', hub, state: 'open' })];
  },
  alert: (chance: Chance): readonly Deed[] => {
    const hub = chance.pick(hubNames);
    const says = chance.pick(['unhealthy', 'failingOver'] as const);
    return [{ does: 'alert', hub, says }, later({ does: 'alert', hub, says: 'healthy' })];
  },
  link: (chance: Chance): readonly Deed[] => {
    const hub = chance.pick(hubNames);
    return [{ does: 'unlink', hub }, later({ does: 'link', hub })];
  },
  policy: (chance: Chance): readonly Deed[] => [
    {
      does: 'policy',
      site: chance.pick(sites),
      hubs: [chance.pick(hubNames), chance.pick(hubNames)],
    },
  ],
  roam: (chance: Chance): readonly Deed[] => [
    { does: 'roam', device: anyDevice(chance), site: chance.pick(sites) },
  ],
  outage: (chance: Chance): readonly Deed[] => [
    { does: 'outage', hub: chance.pick(hubNames), forMs: chance.between(minute, 2 * hour) },
  ],
  breakage: (chance: Chance): readonly Deed[] => [
    {
      does: chance.pick(['webhook down', 'store down']),
      forMs: chance.between(10_000, 30 * minute),
    },
  ],
  stall: (chance: Chance): readonly Deed[] => {
    const instance = Math.floor(chance.random() * 3);
    return chance.random() < 0.5
      ? [{ does: 'stall', instance, forMs: chance.between(5_000, 10 * minute) }]
      : [{ does: 'kill', instance }];
  },
  powerCut: (chance: Chance): readonly Deed[] => [
    { does: 'power cut', hub: chance.pick(hubNames), forMs: chance.between(minute, 3 * hour) },
  ],
} as const;

/** An hour or two after what it puts right. */
type Later = Deed & { readonly isLater?: true };
const later = (deed: Deed): Deed => ({ ...deed, isLater: true }) as Later;

export const actsOf = (
  sometimes: Partial<Record<keyof typeof acts, number>>,
  stormMs: number,
  chance: Chance,
): readonly Act[] => {
  const found: Act[] = [];
  for (const [name, perDay] of Object.entries(sometimes)) {
    const make = acts[name as keyof typeof acts];
    const count = Math.round((perDay * stormMs) / (24 * hour));
    for (let index = 0; index < count; index += 1) {
      const atMs = chance.random() * stormMs;
      for (const deed of make(chance)) {
        const { isLater, ...done } = deed as Later;
        const lateMs = isLater ? chance.between(10 * minute, 2 * hour) : 0;
        found.push({ ...done, atMs: Math.min(atMs + lateMs, stormMs) });
      }
    }
  }
  return found;
};
