import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventStage } from '../event-stage.ts';
import { hubEvent } from '../hub-events.ts';
import { column, type Page, type Row } from '../page.ts';
import { webhookStage } from '../webhook-stage.ts';

const rounds = 3;

/** Where the app's process spends its time where it is slowest beside a function that does nothing: V8's own samples, by whose code it was. */
export const measureProfile = async (seed: number): Promise<Page> => {
  const columns: (readonly [name: string, shares: ReadonlyMap<string, number>])[] = [];
  for (const [name, work] of Object.entries(works(seed)))
    columns.push([name, await profiled(work)]);
  const total = (owner: string): number =>
    columns.reduce((sum, [, shares]) => sum + (shares.get(owner) ?? 0), 0);
  const owners = [...new Set(columns.flatMap(([, shares]) => [...shares.keys()]))];
  const rows = owners
    .filter((owner) => total(owner) > 0.04)
    .sort((one, other) => total(other) - total(one))
    .map((owner): Row => ({ name: owner, cells: columns.map(([, shares]) => shares.get(owner)) }));
  return {
    title: 'Where the time goes',
    tables: [
      {
        title: 'Of the CPU time of the app’s process, with a healthy store, by whose code it was',
        columns: columns.map(([name]) => column(name, '%')),
        rows,
      },
    ],
    chart: { table: 0, columns: columns.map(([name]) => name) },
    beside: ['@azure/cosmos', '@azure/functions', 'zod'],
  };
};

type Work = (nodeFlags: string) => Promise<void>;

const works = (seed: number): Readonly<Record<string, Work>> => {
  const webhook =
    (name: 'a resident' | 'a newcomer'): Work =>
    async (nodeFlags) => {
      const stage = await webhookStage('healthy', seed, nodeFlags);
      for (let round = 0; round < rounds; round += 1) await stage.works[name]();
      await stage.stop();
    };
  const events =
    (
      take: (stage: Awaited<ReturnType<typeof eventStage>>, round: number) => Promise<unknown>,
    ): Work =>
    async (nodeFlags) => {
      const stage = await eventStage(2, nodeFlags);
      for (let round = 0; round < rounds; round += 1) await take(stage, round);
      await stage.stop();
    };
  return {
    'webhook, a resident': webhook('a resident'),
    'webhook, a newcomer': webhook('a newcomer'),
    'events, first heard': events(async (stage, round) => {
      const names = await stage.home(`first-${round}`, 2_000);
      const told = names.map((id) => hubEvent('east', id, 'deviceConnected', Date.now()));
      return stage.through('ours', told);
    }),
    'events, of moves': events(async (stage, round) =>
      stage.through('ours', await stage.moves(`moving-${round}`, 400)),
    ),
  };
};

/** Node writes a profile when the process ends. */
const profiled = async (work: Work): Promise<ReadonlyMap<string, number>> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'rehome-profile-'));
  await work(`--cpu-prof --cpu-prof-dir=${folder}`);
  const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'));
  const shares = sharesOf(JSON.parse(await readFile(path.join(folder, file), 'utf8')));
  await rm(folder, { recursive: true });
  return shares;
};

/** @see https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
type Profile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

const sharesOf = ({ nodes, samples, timeDeltas }: Profile): ReadonlyMap<string, number> => {
  const ownerOf = new Map(nodes.map(({ id, callFrame }) => [id, owner(callFrame)]));
  const times = new Map<string, number>();
  let all = 0;
  for (const [at, id] of samples.entries()) {
    const name = ownerOf.get(id);
    if (name === undefined) continue;
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
    all += timeDeltas[at] ?? 0;
  }
  return new Map([...times].map(([name, time]) => [name, time / all]));
};

/** undefined: it does nothing. */
const owner = ({
  functionName,
  url,
}: Profile['nodes'][number]['callFrame']): string | undefined => {
  if (functionName === '(idle)' || functionName === '(root)') return undefined;
  if (functionName === '(garbage collector)') return 'garbage collection';
  const name = /node_modules\/(?<name>(?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(url)?.groups;
  if (name) return packageOf(name['name'] ?? '');
  if (url.startsWith('node:')) return 'Node: HTTP, TLS, streams, timers';
  if (url.includes('/local/')) return 'the embedded host';
  if (url.includes('/dist/')) return 'Rehome';
  return 'the machine: system calls, compilation';
};

const packageOf = (name: string): string => {
  if (name === '@azure/cosmos' || name.startsWith('@azure/core') || name.startsWith('@typespec'))
    return 'Cosmos DB’s SDK and its pipeline';
  if (name === '@azure/functions') return 'Functions’ library';
  if (name.startsWith('rhea') || name === '@azure/event-hubs') return 'Event Hubs’ SDK';
  return name.startsWith('azure-iot') || name === 'async' ? 'the IoT SDKs' : name;
};
