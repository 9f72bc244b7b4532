import type { toDeviceView, toSettledView } from '../../shared/wire/device-view.ts';
import { type Fleet, insist, resumeHeld, runTimers, sleep } from './operator.ts';

/** What the ledger says, against what is so. */
export type Account = {
  readonly moves: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
};

const settleMs = 10 * 60_000;

/** Until no campaign is under way, and no move is open. @throws Error when that takes more than ten minutes. */
export const untilSettled = async (fleet: Fleet, ids: readonly string[]): Promise<void> => {
  const endMs = performance.now() + settleMs;
  while (performance.now() < endMs) {
    runTimers(fleet, 'advanceCampaigns', 'sweepMoves');
    await sleep(5_000);
    if ((await resumeHeld(fleet)) > 0) continue;
    const open = await openMoves(fleet, ids);
    if (open === 0) return;
  }
  throw new Error('not all is settled within ten minutes');
};

const read = async <View>(fleet: Fleet, path: string): Promise<View> =>
  insist(async () => {
    const { status, body } = await fleet.call('GET', `devices/main/${path}`);
    return status === 200 ? (body as View) : undefined;
  });

type DeviceView = ReturnType<typeof toDeviceView>;
type History = { readonly moves: readonly ReturnType<typeof toSettledView>[] };

const openMoves = async (fleet: Fleet, ids: readonly string[]): Promise<number> => {
  let open = 0;
  for (const id of ids) if ((await read<DeviceView>(fleet, id)).move) open += 1;
  return open;
};

/**
 * Each device is connected to the hub where the ledger has it, and no other registry knows it; and it was created on a hub as often as the ledger
 * has moved it there, and once besides.
 */
export const accountOf = async (fleet: Fleet, ids: readonly string[]): Promise<Account> => {
  const [lost, doubled]: [string[], string[]] = [[], []];
  let moves = 0;
  for (const id of ids) {
    const { observed } = await read<DeviceView>(fleet, id);
    const history = (await read<History>(fleet, `${id}/moves`)).moves;
    const on = [...fleet.azure.hubs.values()].filter(({ devices }) => devices.has(id));
    const [only, ...others] = on;
    if (!only || others.length > 0) lost.push(`${id} is on ${on.length} hubs`);
    else if (only.hostName !== observed?.hub)
      lost.push(`${id} is on ${only.hostName}, and the ledger has it on ${observed?.hub}`);
    else if (!only.devices.get(id)?.session) lost.push(`${id} is not connected`);
    const landed = history.filter(({ verdict }) => verdict === 'verified').length;
    moves += landed;
    const created = fleet.events.filter(
      ({ deviceId, opType }) => deviceId === id && opType === 'createDeviceIdentity',
    ).length;
    if (created - 1 < landed || created - 1 > history.length)
      doubled.push(`${id} was put on a hub ${created} times, and moved ${landed} times`);
  }
  return { moves, lost, doubled };
};
