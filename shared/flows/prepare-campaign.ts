import { zoneOf } from '../campaign/calendar.ts';
import type { Campaign, CampaignMove, CampaignOrder } from '../campaign/campaign.ts';
import { canaryOf } from '../campaign/judge-wave.ts';
import { newWave, type Wave } from '../campaign/wave.ts';
import { interleaved, isSampled, waveSizes } from '../campaign/waves.ts';
import { deviceKey } from '../domain/device.ts';
import type { HubState } from '../domain/hub.ts';
import { pageSize } from '../planning/pages.ts';
import type { PlannedMove } from '../planning/planned.ts';
import type { Plans } from '../ports/plans.ts';
import { controlOf } from './control-cohort.ts';
import { type RollbackPorts, rowsBack } from './rows-back.ts';

export type PreparePorts = RollbackPorts & { readonly plans: Plans };

/** What a campaign is once it is prepared. */
export type Prepared = Pick<Campaign, 'waves' | 'isSingle' | 'control'>;

const timeoutMs = 10_000;
const atOnceMax = 32;

/** [C1] The approved moves, in the order and the waves in which they run, put once and for good. Whoever does it again does the same. */
export const prepareCampaign = async (
  ports: PreparePorts,
  order: CampaignOrder,
): Promise<Prepared> => {
  if (order.source.kind === 'rollback') return prepareBack(ports, order);
  const { limits } = order;
  const control = await controlOf(ports, order);
  const counts = await countMoves(ports, order);
  const canary = canaryOf(limits);
  const { sizes, isSingle } = waveSizes(order.moveCount, {
    canary,
    uncertain: counts.uncertain,
    ready: counts.uncertain + counts.first,
    percents: limits.wavePercents,
  });
  const isWhole = sizes.length === 1;
  const put = puttingWaves(ports, order, sizes);
  const canaryRows: CampaignMove[] = [];
  const wanted = (sizes[0] ?? 0) - counts.uncertain;
  let first = 0;
  for await (const page of pagesOf(ports, order)) {
    const rest: CampaignMove[] = [];
    for (const move of page) {
      const isFirst = move.isCertain && move.stage === 0;
      const isCanary =
        isWhole || !move.isCertain || (isFirst && isSampled(first, counts.first, wanted));
      if (isFirst) first += 1;
      (isCanary ? canaryRows : rest).push(move);
    }
    await put.later(await labelled(ports, order, rest));
  }
  await put.canary(await labelled(ports, order, canaryRows));
  const waves = await put.end();
  const moved = new Set(canaryRows.map(({ deviceId }) => deviceId));
  return {
    waves,
    isSingle,
    control: control.filter(({ deviceId }) => !moved.has(deviceId) && !counts.has(deviceId)),
  };
};

/** The plan's pages, one after the other. */
async function* pagesOf(
  { plans, deadline, beat }: PreparePorts,
  { source, moveCount }: CampaignOrder,
): AsyncGenerator<readonly CampaignMove[]> {
  if (source.kind !== 'plan') return;
  const { planId: id, run } = source;
  for (let number = 0; number * pageSize < moveCount; number += 1) {
    await beat();
    const page = await deadline(timeoutMs, (signal) =>
      plans.readPage({ id, run, kind: 'moves', number }, signal),
    );
    if (page?.kind !== 'moves') throw new Error(`The plan ${id} has lost its page ${number}.`);
    yield page.rows.map(toCampaignMove);
  }
}

const toCampaignMove = ({ deviceId, from, to, stage, isCertain }: PlannedMove): CampaignMove => ({
  deviceId,
  from,
  to,
  stage,
  isCertain,
  zone: undefined,
  groups: [],
});

/** Those of which not all is known, and those that have room at once: the canary is made of them. */
const countMoves = async (ports: PreparePorts, order: CampaignOrder) => {
  const candidates = new Set<string>();
  let [uncertain, first] = [0, 0];
  for await (const page of pagesOf(ports, order))
    for (const { isCertain, stage, deviceId } of page) {
      candidates.add(deviceId);
      if (!isCertain) uncertain += 1;
      else if (stage === 0) first += 1;
    }
  return { uncertain, first, has: (deviceId: string) => candidates.has(deviceId) };
};

/** With what their devices are labelled, where windows or caps go by it. */
const labelled = async (
  { records, deadline, beat }: PreparePorts,
  { scope, limits }: CampaignOrder,
  moves: readonly CampaignMove[],
): Promise<readonly CampaignMove[]> => {
  const { calendar, caps } = limits;
  if (calendar.zoneLabel === undefined && caps.length === 0) return moves;
  const told: CampaignMove[] = [];
  for (let from = 0; from < moves.length; from += atOnceMax) {
    await beat();
    told.push(
      ...(await Promise.all(
        moves.slice(from, from + atOnceMax).map(async (move) => {
          const key = deviceKey(scope, move.deviceId);
          const kept = await deadline(timeoutMs, (signal) => records.read(key, signal));
          const labels = kept?.record.labels ?? {};
          const zone = calendar.zoneLabel === undefined ? undefined : zoneOf(calendar, labels);
          return { ...move, zone, groups: caps.map(({ label }) => labels[label]) };
        }),
      )),
    );
  }
  return told;
};

/** Takes moves in their order, and puts them in pages, wave by wave: the canary last, when all that belongs to it is known. */
const puttingWaves = (
  { campaigns, deadline }: PreparePorts,
  { id }: CampaignOrder,
  sizes: readonly number[],
) => {
  const pageCounts = sizes.map((size) => Math.ceil(size / pageSize));
  const firstPages = pageCounts.map((_, wave) =>
    pageCounts.slice(0, wave).reduce((sum, count) => sum + count, 0),
  );
  const putPage = async (number: number, rows: readonly CampaignMove[]): Promise<void> => {
    const spread = interleaved(rows, groupOf);
    await deadline(timeoutMs, (signal) => campaigns.putPage(id, number, spread, signal));
  };
  let [wave, inWave] = [1, 0];
  let waiting: CampaignMove[] = [];
  const later = async (moves: readonly CampaignMove[]): Promise<void> => {
    for (const move of moves) {
      waiting.push(move);
      const isWaveFull = inWave + waiting.length === sizes[wave];
      if (waiting.length < pageSize && !isWaveFull) continue;
      await putPage((firstPages[wave] ?? 0) + Math.floor(inWave / pageSize), waiting);
      inWave += waiting.length;
      waiting = [];
      if (isWaveFull) [wave, inWave] = [wave + 1, 0];
    }
  };
  return {
    later,
    canary: async (moves: readonly CampaignMove[]): Promise<void> => {
      for (let page = 0; page < (pageCounts[0] ?? 0); page += 1)
        await putPage(page, moves.slice(page * pageSize, (page + 1) * pageSize));
    },
    end: async (): Promise<readonly Wave[]> => {
      if (waiting.length > 0) throw new Error('The waves do not hold the plan.');
      return sizes.map((moveCount, index) =>
        newWave(firstPages[index] ?? 0, pageCounts[index] ?? 0, moveCount),
      );
    },
  };
};

/** From hub to hub, and from site to site. What has no room yet waits for it, wherever it stands. */
const groupOf = ({ from, to, zone, groups }: CampaignMove): string =>
  `${from} ${to} ${zone ?? ''} ${groups.join(' ')}`;

/** All in one wave: who was moved goes back, whatever becomes of the others. */
const prepareBack = async (ports: PreparePorts, order: CampaignOrder): Promise<Prepared> => {
  const rows = await rowsBack(ports, order, new Set());
  const wave = await putRows(ports, order.id, 0, rows);
  return { waves: wave ? [wave] : [], isSingle: false, control: [] };
};

/**
 * A wave of those moves, from that page on; undefined of none. A page that somebody put before stays [C1]: where it holds another number, the wave
 * ends with it, and what is left is for the stragglers.
 */
export const putRows = async (
  { campaigns, deadline, beat }: Pick<PreparePorts, 'campaigns' | 'deadline' | 'beat'>,
  id: string,
  firstPage: number,
  rows: readonly CampaignMove[],
): Promise<Wave | undefined> => {
  if (rows.length === 0) return undefined;
  let [pageCount, moveCount] = [0, 0];
  for (let from = 0; from < rows.length; from += pageSize) {
    await beat();
    const [number, part] = [firstPage + pageCount, rows.slice(from, from + pageSize)];
    await deadline(timeoutMs, (signal) => campaigns.putPage(id, number, part, signal));
    const put = await deadline(timeoutMs, (signal) => campaigns.readPage(id, number, signal));
    if (!put) throw new Error(`The campaign ${id} has lost its page ${number}.`);
    pageCount += 1;
    moveCount += put.length;
    if (put.length !== part.length) break;
  }
  return newWave(firstPage, pageCount, moveCount);
};

/** What a goal makes of its hub while it is carried out: nobody new comes to a hub that is emptied. */
export const stateFor = ({ goal, source, isWhole }: CampaignOrder): HubState | undefined => {
  if (source.kind !== 'plan' || !isWhole) return undefined;
  if (goal.kind === 'drain') return 'draining';
  return goal.kind === 'evacuate' ? 'closed' : undefined;
};
