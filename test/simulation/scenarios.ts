import type { acts } from './acts.ts';
import type { Act, Script } from './script.ts';
import { badWeather, calm, hour, minute, type Weather } from './weather.ts';

/** What a life is like, as data; what of it is left to chance, a seed says. */
export type Scenario = {
  readonly says: string;
  readonly deviceCount: number;
  readonly begins: Script['begins'];
  readonly isKnown: boolean;
  readonly latePercent: number;
  readonly days: number;
  readonly calmDays: number;
  readonly registrationsPerMinute: number;
  readonly dial: Script['dial'];
  readonly weather: Weather;
  readonly soundPercent: number;
  /** What happens in any case. */
  readonly always: readonly Act[];
  /** What may happen besides, and how often a day. */
  readonly sometimes: Partial<Record<keyof typeof acts, number>>;
};

const usual: Omit<Scenario, 'says'> = {
  deviceCount: 8,
  begins: 'anywhere',
  isKnown: true,
  latePercent: 0,
  days: 1,
  calmDays: 0.5,
  registrationsPerMinute: 100,
  dial: 'off',
  weather: badWeather,
  soundPercent: 60,
  always: [],
  sometimes: {},
};

const drain = { does: 'campaign', goal: 'drain', window: undefined } as const;

export const scenarios = {
  everything: {
    ...usual,
    says: 'all that can happen, at any time',
    deviceCount: 10,
    latePercent: 30,
    dial: 'auto',
    sometimes: {
      byHand: 60,
      campaign: 8,
      command: 10,
      hub: 6,
      alert: 3,
      link: 1,
      policy: 2,
      roam: 6,
      outage: 4,
      breakage: 4,
      stall: 6,
      powerCut: 2,
    },
  },
  'by hand': {
    ...usual,
    says: 'a person moves devices now and then, and changes their mind',
    weather: { ...badWeather, dies: 0.01, fails: 0.02 },
    sometimes: { byHand: 140, outage: 10, hub: 4, stall: 4 },
  },
  'drain in a storm': {
    ...usual,
    says: 'a hub is drained while the weather is bad',
    deviceCount: 40,
    begins: 'together',
    days: 0.5,
    soundPercent: 90,
    always: [{ atMs: 5 * minute, hub: 'east', onFail: 'hold', ...drain }],
    sometimes: { command: 6, outage: 4, stall: 8, breakage: 3 },
  },
  'hub dies mid-wave': {
    ...usual,
    says: 'the hub that is drained dies while devices are on their way, and is evacuated by a person',
    deviceCount: 30,
    begins: 'together',
    days: 0.5,
    soundPercent: 100,
    always: [
      { atMs: 5 * minute, hub: 'east', onFail: 'abort', ...drain },
      { atMs: 12 * minute, does: 'outage', hub: 'east', forMs: 5 * hour },
      { atMs: 60 * minute, does: 'abort' },
      {
        atMs: 90 * minute,
        does: 'campaign',
        goal: 'evacuate',
        hub: 'east',
        onFail: 'hold',
        window: undefined,
      },
    ],
    sometimes: { stall: 4, breakage: 2 },
  },
  'herd after an outage': {
    ...usual,
    says: 'a region comes back, and all of its devices register at once, while a campaign is under way',
    deviceCount: 40,
    begins: 'together',
    days: 0.25,
    registrationsPerMinute: 20,
    soundPercent: 100,
    always: [
      { atMs: 5 * minute, hub: 'east', onFail: 'hold', ...drain },
      { atMs: 20 * minute, does: 'power cut', hub: 'west', forMs: 20 * minute },
      { atMs: 20 * minute, does: 'power cut', hub: 'east', forMs: 20 * minute },
      { atMs: 35 * minute, does: 'webhook down', forMs: 10 * minute },
    ],
    sometimes: { stall: 4 },
  },
  'flapping hub': {
    ...usual,
    says: 'a hub is well and ill by turns, and Rehome acts by itself',
    deviceCount: 20,
    dial: 'auto',
    soundPercent: 100,
    always: [
      { atMs: 3 * hour, does: 'outage', hub: 'west', forMs: 2 * hour },
      ...Array.from({ length: 24 }, (_, index): Act => {
        const says = index % 2 === 0 ? ('unhealthy' as const) : ('healthy' as const);
        return { atMs: (index + 1) * 50 * minute, does: 'alert', hub: 'west', says };
      }),
    ],
    sometimes: { outage: 6, hub: 4 },
  },
  'webhook down': {
    ...usual,
    says: 'the webhook is down for an hour, the store for half of it',
    deviceCount: 30,
    begins: 'together',
    days: 0.25,
    always: [
      { atMs: 5 * minute, hub: 'east', onFail: 'hold', ...drain },
      { atMs: 10 * minute, does: 'webhook down', forMs: hour },
      { atMs: 20 * minute, does: 'store down', forMs: 30 * minute },
    ],
    sometimes: { byHand: 40 },
  },
  'two operators': {
    ...usual,
    says: 'two people drain different hubs, pause, stop, and roll back, at the same time',
    deviceCount: 24,
    days: 0.5,
    soundPercent: 90,
    always: [
      { atMs: 5 * minute, hub: 'east', onFail: 'rollback', ...drain },
      { atMs: 6 * minute, hub: 'west', onFail: 'hold', ...drain },
    ],
    sometimes: { command: 60, byHand: 40, campaign: 8 },
  },
  'in its window': {
    ...usual,
    says: 'a campaign may move devices at night alone, with so little quota that it takes more than one',
    deviceCount: 24,
    begins: 'together',
    registrationsPerMinute: 3,
    days: 1,
    calmDays: 1.1,
    soundPercent: 90,
    always: [
      {
        atMs: 30 * minute,
        does: 'campaign',
        goal: 'drain',
        hub: 'east',
        onFail: 'hold',
        window: ['22:00', '22:30'],
      },
    ],
    sometimes: { stall: 10, powerCut: 6 },
  },
  'asleep under a pause': {
    ...usual,
    says: 'devices that were asked lose their power, and wake up while their campaign is paused',
    deviceCount: 20,
    begins: 'together',
    days: 0.5,
    soundPercent: 100,
    always: [
      { atMs: 3 * minute, does: 'power cut', hub: 'east', forMs: hour },
      { atMs: 5 * minute, hub: 'east', onFail: 'hold', ...drain },
      { atMs: 30 * minute, does: 'pause' },
      { atMs: 3 * hour, does: 'resume' },
      { atMs: 5 * hour, does: 'abort' },
    ],
    sometimes: { stall: 4 },
  },
  newcomers: {
    ...usual,
    says: 'devices come for the first time while hubs are closed, opened and linked',
    deviceCount: 30,
    latePercent: 90,
    days: 0.25,
    soundPercent: 100,
    sometimes: { hub: 48, link: 12, stall: 8, breakage: 4 },
  },
  brownfield: {
    ...usual,
    says: 'a fleet that Rehome did not place is taken in, and rebalanced',
    deviceCount: 30,
    begins: 'together',
    isKnown: false,
    dial: 'auto',
    soundPercent: 100,
    sometimes: { outage: 3, stall: 4, byHand: 10 },
  },
  'years of rebalancing': {
    ...usual,
    says: 'Rehome keeps the balance by itself, while devices come and go and hubs change',
    deviceCount: 24,
    days: 30,
    dial: 'auto',
    soundPercent: 100,
    weather: { ...calm, loses: 0.02, doubles: 0.02, unrest: 0.1 },
    sometimes: { hub: 0.3, policy: 0.1, roam: 1, powerCut: 0.2 },
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
export const scenarioNames = Object.keys(scenarios) as ScenarioName[];
