import type { HubEvent } from '../../local/iot-hub/hub-event.ts';
import { rehomeProfile } from '../../shared/adapters/iot-hub/device-profile.ts';
import {
  memoryBreakers,
  memoryCampaigns,
  memoryCauses,
  memoryPurses,
} from '../../shared/adapters/memory/campaigns.ts';
import { memoryDeviceRecords } from '../../shared/adapters/memory/device-records.ts';
import { memoryEnrollments } from '../../shared/adapters/memory/enrollments.ts';
import { memoryHubTables } from '../../shared/adapters/memory/hub-tables.ts';
import { memoryIntakes } from '../../shared/adapters/memory/intakes.ts';
import { memoryInventories } from '../../shared/adapters/memory/inventories.ts';
import { memoryPlans } from '../../shared/adapters/memory/plans.ts';
import { memoryPolicyVersions } from '../../shared/adapters/memory/policies.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { noPolicy, type Policy } from '../../shared/domain/policy.ts';
import { aHub, hostOf } from '../support/a-hub.ts';
import { coreHubs } from '../support/core-hubs.ts';
import { lawsOfAnswers } from './laws-of-answers.ts';
import { lawsOfCampaigns } from './laws-of-campaigns.ts';
import { lawsOfMoves } from './laws-of-moves.ts';
import { exileName, hubNames, type Script } from './script.ts';
import { staleReads } from './stale-reads.ts';
import { newStory } from './story.ts';
import { virtualWorld } from './virtual-world.ts';
import { minute, type Weather } from './weather.ts';

export const profile = rehomeProfile('Reprovision', 'reprovision');

const firstPolicy: Policy = { ...noPolicy, version: 0, quarantine: hubHostName(hostOf(exileName)) };

/** How things are, at any moment. */
type Now = {
  weather: Weather;
  storeDownUntil: number;
  webhookDownUntil: number;
  /** Of any process: until when it stands still. */
  stalledUntil: number;
};

/** What a process had begun before it stood still is over by then. */
const steadyMs = 3 * minute;

export type Base = ReturnType<typeof makeBase>;

/** What all processes share: the world, Azure, the store, and the truth about them. */
export const makeBase = (script: Script) => {
  const world = virtualWorld(script.seed);
  const now: Now = {
    weather: script.weather,
    storeDownUntil: 0,
    webhookDownUntil: 0,
    stalledUntil: 0,
  };
  const story = newStory(world);
  const down = new Set<string>();
  /** Until when each was down, last. */
  const downUntil = new Map<string, number>();
  const listeners: ((event: HubEvent) => void)[] = [];
  const names = [...hubNames, exileName];
  const hubs = coreHubs(names, world, (event) => {
    for (const listen of listeners) listen(event);
  });
  for (const hub of hubs.values()) {
    hub.faults.push({
      matches: () => down.has(hub.hostName),
      count: Number.POSITIVE_INFINITY,
      does: async () => 'dropped',
    });
    hub.faults.push({
      matches: () => world.chance(now.weather.hubFails),
      count: Number.POSITIVE_INFINITY,
      does: async (proper) => {
        if (world.chance(0.3)) return { status: 429, headers: { 'retry-after': '5' } };
        if (world.chance(0.5)) await proper(); // done, and the answer is lost
        return 'dropped';
      },
    });
  }
  const intakes = memoryIntakes(world.clock);
  const hubTables = memoryHubTables(
    names.map((name) => aHub(name)),
    world.clock,
    intakes.counts,
  );
  const { registrationsPerMinute } = script;
  const isSteady = (): boolean => world.now() > now.stalledUntil + steadyMs;
  const troubledCount = (): number =>
    [...hubTables.latest().hubs.values()].filter(
      ({ hostName, trouble }) =>
        trouble || world.now() < (downUntil.get(hostName) ?? Number.NEGATIVE_INFINITY) + steadyMs,
    ).length;
  const campaigns = lawsOfCampaigns({
    world,
    story,
    registrationsPerMinute,
    isSteady,
    troubledCount,
  });
  const moves = lawsOfMoves({ hubs, world, story, opens: campaigns.opened });
  const answers = lawsOfAnswers({ world, story, hubTables, recordOf: moves.recordOf });
  listeners.push(moves.note);
  const store = {
    records: moves.watch(memoryDeviceRecords()),
    campaigns: campaigns.watch(memoryCampaigns()),
    breakers: campaigns.watchBreakers(memoryBreakers()),
    enrollments: memoryEnrollments(),
    causes: memoryCauses(),
    purses: memoryPurses(),
    plans: memoryPlans(),
    inventories: memoryInventories(),
    policyVersions: memoryPolicyVersions(),
    hubTables,
    intakes,
  };
  return {
    script,
    world,
    now,
    story,
    down,
    downUntil,
    listeners,
    hubs,
    store,
    stale: staleReads(world, () => now.weather.stale),
    policy: firstPolicy,
    laws: { moves, campaigns, answers },
  };
};
