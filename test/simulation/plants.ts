import type { TwinSight } from '../../shared/campaign/look.ts';
import type { Valves } from '../../shared/campaign/valve.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { KeptCampaign } from '../../shared/ports/campaigns.ts';
import type { Plant } from './app.ts';
import type { ScenarioName } from './scenarios.ts';
import type { Script } from './script.ts';
import { badWeather, hour } from './weather.ts';

/** A fault of ours, put in on purpose: within so many seeds of that scenario, one of these laws is broken. */
export type Planted = {
  readonly fault: string;
  readonly laws: readonly string[];
  readonly scenario: ScenarioName;
  readonly seedsMax: number;
  /** What is otherwise than the scenario has it. */
  readonly but?: Partial<Script>;
  readonly plant: Plant;
};

/** What a look finds, mistaken. */
const seeing =
  (mistake: (sight: TwinSight) => TwinSight): Plant =>
  (ports) => ({
    ...ports,
    twins: { look: async (device) => mistake(await ports.twins.look(device)) },
  });

export const planted: readonly Planted[] = [
  {
    fault: 'a ledger without a fence',
    laws: ['M1', 'M2', 'M4', 'M5', 'R1'],
    scenario: 'by hand',
    seedsMax: 10,
    but: { instances: 3, weather: { ...badWeather, stale: 0.5 } },
    plant: (ports) => ({
      ...ports,
      records: {
        ...ports.records,
        write: async (key, record, _version, signal, settled) => {
          const kept = await ports.records.read(key, signal);
          return ports.records.write(key, record, kept?.version, signal, settled);
        },
      },
    }),
  },
  {
    fault: 'a look that takes an identity for a sign of life',
    laws: ['M3'],
    scenario: 'by hand',
    seedsMax: 10,
    plant: seeing((sight) => (sight.kind === 'found' ? { ...sight, connected: true } : sight)),
  },
  {
    fault: 'a hub that gives no answer taken for one that has no such device',
    laws: ['M3', 'M7'],
    scenario: 'by hand',
    seedsMax: 10,
    plant: seeing((sight) => (sight.kind === 'silent' ? { kind: 'absent' } : sight)),
  },
  {
    fault: 'a request that is sent under another id than the ledger has',
    laws: ['M2'],
    scenario: 'by hand',
    seedsMax: 10,
    plant: (ports) => ({
      ...ports,
      signal: {
        ...ports.signal,
        ask: (device, move, scope) =>
          ports.signal.ask(device, { ...move, attempt: move.attempt + 1 }, scope),
      },
    }),
  },
  {
    fault: 'requests that are never cleared',
    laws: ['R1'],
    scenario: 'by hand',
    seedsMax: 10,
    plant: (ports) => ({ ...ports, signal: { ...ports.signal, clear: async () => true } }),
  },
  {
    fault: 'a sweep that finds nothing due',
    laws: ['M6'],
    scenario: 'by hand',
    seedsMax: 10,
    plant: (ports) => ({ ...ports, records: { ...ports.records, due: async () => [] } }),
  },
  {
    fault: 'a valve that is always open',
    laws: ['C3', 'C7', 'C8'],
    scenario: 'asleep under a pause',
    seedsMax: 20,
    plant: (ports) => {
      const opened = ({ byCampaign }: Valves): Valves => ({
        byCampaign: new Map([...byCampaign].map(([id, one]) => [id, { ...one, position: 'open' }])),
        isBroken: false,
      });
      const { latest, known } = ports.valves;
      return {
        ...ports,
        valves: { latest: () => opened(latest()), known: async () => opened(await known()) },
      };
    },
  },
  {
    fault: 'a purse that nobody writes down',
    laws: ['C4'],
    scenario: 'herd after an outage',
    seedsMax: 10,
    plant: (ports) => ({
      ...ports,
      purses: { ...ports.purses, write: async () => 'written' },
    }),
  },
  {
    fault: 'campaigns without a fence: who was slower writes over what another said',
    laws: ['C3', 'R1'],
    scenario: 'two operators',
    seedsMax: 20,
    plant: (ports) => {
      const read = new Map<string, KeptCampaign | undefined>();
      return {
        ...ports,
        campaigns: {
          ...ports.campaigns,
          // As it was with the look before: a runner looks every second.
          read: async (id, signal) => {
            const before = read.get(id);
            read.set(id, await ports.campaigns.read(id, signal));
            return before ?? read.get(id);
          },
          write: async (campaign, _version, signal) => {
            const kept = await ports.campaigns.read(campaign.order.id, signal);
            return ports.campaigns.write(campaign, kept?.version ?? '', signal);
          },
        },
      };
    },
  },
  {
    fault: 'hub tables that are never read again',
    laws: ['A2', 'A3'],
    scenario: 'newcomers',
    seedsMax: 20,
    plant: (ports) => {
      const first = ports.hubTables.latest();
      return { ...ports, hubTables: { latest: () => first, known: async () => first } };
    },
  },
  {
    fault: 'a clock that is two hours fast',
    laws: ['C8'],
    scenario: 'in its window',
    seedsMax: 10,
    plant: (ports) => ({
      ...ports,
      clock: { now: () => instant(ports.clock.now() + 2 * hour) },
    }),
  },
  {
    fault: 'a plan of which each page is read as if it were for the next hub',
    laws: ['C6'],
    scenario: 'drain in a storm',
    seedsMax: 10,
    plant: (ports) => ({
      ...ports,
      campaigns: {
        ...ports.campaigns,
        readPage: async (id, number, signal) => {
          const rows = await ports.campaigns.readPage(id, number, signal);
          // north and west
          return rows?.map((row) => ({ ...row, to: row.to > 1 ? 5 - row.to : row.to }));
        },
      },
    }),
  },
];
