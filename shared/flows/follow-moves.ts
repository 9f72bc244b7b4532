import type { Campaign } from '../campaign/campaign.ts';
import { codeOf, type Outcome } from '../campaign/progress.ts';
import { rowCountsOf } from '../campaign/wave.ts';
import { deviceKey } from '../domain/device.ts';
import type { Instant } from '../domain/instant.ts';
import { moveIdIn } from '../domain/move.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords } from '../ports/device-records.ts';
import type { Dice } from '../ports/dice.ts';
import type { CampaignPages } from './campaign-pages.ts';
import { inParallel } from './in-parallel.ts';
import { codeOfOpen } from './trigger-move.ts';

type Ports = {
  readonly records: DeviceRecords;
  readonly dice: Dice;
  readonly deadline: Deadline;
};

type At = { readonly page: number; readonly row: number };

/** What became of moves under way, by their devices' own records: exact, whatever was lost on the way. */
export type Following = {
  /** From now on. */
  readonly add: (at: At, checkAt: number) => void;
  /** Looks at those that are due; answers those that were claimed, and never begun. */
  readonly look: (now: Instant) => Promise<readonly At[]>;
  /** Whether more are due than one look takes. */
  readonly isBehind: (now: Instant) => boolean;
};

const timeoutMs = 10_000;
const lookedAtMax = 500;
const atOnceMax = 32;
/** From one look to the next: of those on their way, and of those that wait for their device. */
const soonMs = 5_000;
const laterMs = 20_000;
const parkedMs = 60 * 60_000;
/** A run looks at so many of those that wait, or at a sixtieth: each is looked at within an hour or so. */
const parkedPerRun = 300;
const parkedShare = 1 / 60;
/** Off a dead hub all of them wait, and come soon. */
const leavingShare = 1 / 5;
/** More than a run gets round to: those at the end would never have their turn. */
const parkedPerRunMax = 20_000;
const historyMax = 10;

/** Those that a runner finds under way are spread over a while, so that the store is not asked for all at once. */
export const followMoves = (
  ports: Ports,
  { order, waves }: Campaign,
  pages: CampaignPages,
  now: Instant,
): Following => {
  const due = new Map<string, { readonly at: At; checkAt: number }>();
  const keyOf = ({ page, row }: At): string => `${page} ${row}`;
  const add = (at: At, checkAt: number): void => {
    due.set(keyOf(at), { at, checkAt });
  };
  const open = pages
    .open(rowCountsOf(waves).length)
    .map((at) => ({ at, code: pages.progressOf(at.page).codes[at.row] }));
  const parkedCount = open.filter(({ code }) => code === 'p').length;
  const isLeaving = order.goal.kind === 'evacuate' && order.source.kind === 'plan';
  const leastShare = isLeaving ? leavingShare : parkedShare;
  const most = parkedPerRunMax / Math.max(1, parkedCount);
  const share = Math.min(most, Math.max(leastShare, parkedPerRun / Math.max(1, parkedCount)));
  for (const { at, code } of open) {
    const draw = ports.dice.draw();
    if (code === 'p') add(at, draw < share ? now : now + parkedMs);
    else add(at, code === 'c' ? now : now + draw * laterMs);
  }
  const lookAt = async (at: At, lookedAt: Instant): Promise<boolean> => {
    const move = (await pages.rowsOf(at.page))[at.row];
    if (!move) throw new RangeError(`There is no move ${at.row} on page ${at.page}.`);
    const code = pages.progressOf(at.page).codes[at.row];
    const found = await whatBecame(ports, order.scope, order.id, move.deviceId, code === 'c');
    due.delete(keyOf(at));
    if (found === 'never-begun') return false;
    pages.note(at.page, { row: at.row, ...found });
    if (found.code === 't') add(at, lookedAt + laterMs * (0.5 + ports.dice.draw()));
    if (found.code === 'p') add(at, lookedAt + parkedMs * (0.5 + ports.dice.draw()));
    return true;
  };
  return {
    add: (at, checkAt) => add(at, checkAt + soonMs),
    isBehind: (now) => due.values().some(({ checkAt }) => checkAt <= now),
    look: async (lookedAt) => {
      const ready = [...due.values()]
        .filter(({ checkAt }) => checkAt <= lookedAt)
        .slice(0, lookedAtMax);
      const isBegun = await inParallel(ready, atOnceMax, ({ at }) => lookAt(at, lookedAt));
      return ready.flatMap(({ at }, index) => (isBegun[index] ? [] : [at]));
    },
  };
};

const whatBecame = async (
  { records, deadline }: Pick<Ports, 'records' | 'deadline'>,
  scope: Parameters<typeof deviceKey>[0],
  campaignId: string,
  deviceId: string,
  isClaimed: boolean,
): Promise<Omit<Outcome, 'row'> | 'never-begun'> => {
  const key = deviceKey(scope, deviceId);
  const id = moveIdIn(campaignId, deviceId);
  const record = (await deadline(timeoutMs, (signal) => records.read(key, signal)))?.record;
  if (record?.move?.id === id) return { code: codeOfOpen(record.move) };
  const last = record?.lastMove?.id === id ? record.lastMove : undefined;
  if (last?.verdict === 'verified') return { code: 'v', gapMs: last.gapMs, tookMs: last.tookMs };
  // Why, and where another move has ended since, what became of this one.
  const history = await deadline(timeoutMs, (signal) => records.history(key, historyMax, signal));
  const settled = history.find(({ move }) => move.id === id);
  if (settled) {
    const { verdict, because, move, settledAt } = settled;
    const heard = move.proof.heard !== undefined;
    const tookMs = settledAt - move.triggeredAt;
    return { code: codeOf({ verdict, heard }), because, gapMs: move.proof.gapMs, tookMs };
  }
  if (last) return { code: codeOf(last), because: `it is ${last.verdict}` };
  if (isClaimed) return 'never-begun';
  return { code: 'x', because: 'nothing is known of its move any more' };
};
