import { likeliest, type Undocumented } from '../../local/dps/undocumented.ts';
import { actsOf, type Chance } from './acts.ts';
import { type Scenario, type ScenarioName, scenarios } from './scenarios.ts';
import type { Script } from './script.ts';
import { mulberry32 } from './virtual-world.ts';
import { day } from './weather.ts';

/** The script of a seed. @param days how long the storm lasts, where it is not the scenario's own time. */
export const scriptOf = (seed: number, name: ScenarioName, days?: number): Script => {
  const scenario: Scenario = scenarios[name];
  const chance = chanceOf(mulberry32(seed ^ 0x5eed));
  const stormMs = (days ?? scenario.days) * day;
  return {
    seed,
    scenario: name,
    deviceCount: scenario.deviceCount,
    begins: scenario.begins,
    isKnown: scenario.isKnown,
    latePercent: scenario.latePercent,
    stormMs,
    calmMs: scenario.calmDays * day,
    instances: 1 + Math.floor(chance.random() * 3),
    registrationsPerMinute: scenario.registrationsPerMinute,
    dial: scenario.dial,
    weather: scenario.weather,
    undocumented: undocumentedBy(chance),
    soundPercent: scenario.soundPercent,
    acts: [...scenario.always, ...actsOf(scenario.sometimes, stormMs, chance)].sort(
      (one, other) => one.atMs - other.atMs,
    ),
  };
};

const chanceOf = (random: () => number): Chance => ({
  random,
  between: (least, most) => least + random() * (most - least),
  pick: (of) => {
    const picked = of[Math.floor(random() * of.length)];
    if (picked === undefined) throw new RangeError('Nothing to pick from.');
    return picked;
  },
});

/** Every switch of what Azure's documents leave open. */
const undocumentedBy = ({ random, pick }: Chance): Undocumented => ({
  ...likeliest,
  webhookTimeoutMs: pick([5_000, 10_000]),
  retriesTimeout: random() < 0.5,
  retries500: random() < 0.5,
  retryCountMax: pick([3, 10]),
  linkedHubsOrder: pick(['as linked', 'reversed', 'shuffled']),
  listsUnappliedHubs: random() < 0.5,
  unreachableSource: pick(['fails', 'fails to migrate', 'assigns anew']),
  fullTarget: pick(['fails', 'stays']),
  substatusOnStay: pick(['kept', 'reprovisionedToInitialAssignment']),
  moveOrder: pick(['create first', 'remove first']),
  unlinkedAnswerCode: pick([400_207, 400_208]),
  attestationContext: pick(['symmetric key', 'certificate', 'certificate and chain']),
});
