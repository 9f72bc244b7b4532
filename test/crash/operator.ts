import type { PlanView } from '../../shared/wire/api/plans.ts';
import { hostOf } from '../support/a-hub.ts';
import type { startFleet } from '../support/start-fleet.ts';

export type Fleet = Awaited<ReturnType<typeof startFleet>>;

type Head = { readonly id: string; readonly state: string };

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** What is not answered is asked again: the app may be down. @throws Error after two minutes. */
export const insist = async <Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer> => {
  for (let attempt = 1; attempt <= 240; attempt += 1) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    await sleep(500);
  }
  throw new Error('no answer within two minutes');
};

/** The body of what is answered well. */
const get = async (fleet: Fleet, path: string): Promise<object | undefined> => {
  const { status, body } = await fleet.call('GET', path);
  return status === 200 ? (body as object) : undefined;
};

/** Timers are due by the minute: whoever has just started is not to wait for them. */
export const runTimers = (fleet: Fleet, ...names: readonly string[]): void => {
  for (const name of names) void fleet.runTimer(name).catch(() => undefined);
};

/** As their schedule would, and sooner: who was killed had the campaign's lease, and the next must wait until that is over. */
export const keepTiming = (fleet: Fleet) => {
  const timer = setInterval(
    () => runTimers(fleet, 'advanceCampaigns', 'sweepMoves', 'rebalance'),
    3_000,
  );
  return { stop: (): void => clearInterval(timer) };
};

/** The inventory of a fleet, whole: what is movable is known then. */
export const takeIn = async (fleet: Fleet): Promise<void> => {
  for (let phase = ''; phase !== 'done'; ) {
    await fleet.runTimer('takeInventory');
    phase = ((await get(fleet, 'inventory/main')) as { phase: string }).phase;
  }
  await fleet.runTimer('rebalance');
};

export const campaigns = (fleet: Fleet): Promise<readonly Head[]> =>
  insist(async () => {
    const body = (await get(fleet, 'campaigns/main')) as { readonly campaigns: readonly Head[] };
    return body.campaigns;
  });

const fullest = ({ azure }: Fleet): string => {
  const [first] = [...azure.hubs.values()].sort(
    (one, other) => other.devices.size - one.devices.size,
  );
  return first?.hostName ?? hostOf('east');
};

/** Everything off the fullest hub, the others open: planned, approved. */
const drainOne = async (fleet: Fleet): Promise<void> => {
  const hub = fullest(fleet);
  const order = { scope: 'main', reason: 'a crash test' };
  for (const one of fleet.azure.hubs.keys())
    await insist(async () => {
      const body = { reason: 'a crash test', state: 'open' };
      return (await fleet.call('PUT', `hubs/${one}`, body)).status === 200 || undefined;
    });
  runTimers(fleet, 'rebalance'); // it counts the hubs
  const { id } = await insist(async () => {
    const planLimits = { cooldownHours: 0, allowUnknown: true };
    const { status, body } = await fleet.call('POST', `hubs/${hub}/drain`, {
      ...order,
      planLimits,
    });
    return status === 202 ? (body as { readonly id: string }) : undefined;
  });
  const view = await insist(async () => {
    const found = (await get(fleet, `plans/main/${id}`)) as PlanView | undefined;
    if (found?.state === 'failed') throw new Error('the plan failed');
    return found && 'plan' in found ? found : undefined;
  });
  if (!view.plan || view.plan.moveCount === 0) return;
  const { hash } = view.plan;
  await insist(async () => {
    const body = { plan: id, hash, reason: 'a crash test' };
    const { status } = await fleet.call('POST', 'campaigns/main', body);
    return status === 201 || status === 409 || undefined;
  });
};

/** One drain after the other, until it is stopped: who is held is resumed. */
export const keepDraining = (fleet: Fleet) => {
  let isOn = true;
  let count = 0;
  const work = async (): Promise<void> => {
    while (isOn) {
      const held = await resumeHeld(fleet);
      if (held === 0) {
        await drainOne(fleet).then(
          () => {
            count += 1;
          },
          () => undefined,
        );
      }
      await sleep(2_000);
    }
  };
  const done = work();
  return {
    count: (): number => count,
    stop: async (): Promise<void> => {
      isOn = false;
      await done;
    },
  };
};

/** Answers how many have not ended. */
export const resumeHeld = async (fleet: Fleet): Promise<number> => {
  const open = (await campaigns(fleet)).filter(({ state }) => state !== 'ended');
  for (const { id, state } of open)
    if (state === 'held')
      await fleet
        .call('POST', `campaigns/main/${id}/resume`, { reason: 'a crash test' })
        .catch(() => undefined);
  return open.length;
};
