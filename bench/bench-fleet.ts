import { setTimeout as after } from 'node:timers/promises';
import type { RehomedDevice } from '../local/devices/rehomed-device.ts';
import { blankMemory, type Memory } from '../local/devices/running.ts';
import { startVirtualDevice } from '../local/devices/virtual-device.ts';
import type { PlanView } from '../shared/wire/api/plans.ts';
import { startFleet } from '../test/support/start-fleet.ts';

const startsAtOnce = 16;

export type BenchFleet = Awaited<ReturnType<typeof benchFleet>>;

/** The built app on the embedded host, Azure, and devices without sockets, all on the first of three hubs. */
export const benchFleet = async (
  deviceCount: number,
  settings: Readonly<Record<string, string>> = {},
) => {
  const hubs = JSON.stringify(
    ['east', 'west', 'north'].map((name, index) => ({
      hostName: `${name}.azure-devices.net`,
      ...(index > 0 ? { state: 'cordoned' } : {}),
    })),
  );
  const registrations = { countMax: 100_000, periodMs: 60_000 };
  const usual = {
    REHOME_HUBS: hubs,
    REHOME_SNAPSHOT_MS: '200',
    REHOME_STORE_TIMEOUT_MS: '1500', // as it is usually
    REHOME_CAMPAIGN: JSON.stringify({ bakeMinutes: 0 }),
    'AzureWebJobs.takeInventory.Disabled': 'true',
  };
  const fleet = await startFleet(
    { ...usual, ...settings },
    undefined,
    undefined,
    { registrations },
    'by keys',
  );
  const devices = new Map<
    string,
    { readonly memory: Memory; running: RehomedDevice | undefined }
  >();
  const start = async (id: string): Promise<void> => {
    const { registrationId, key } = fleet.identityOf(id);
    const memory = devices.get(id)?.memory ?? blankMemory();
    const running = await startVirtualDevice(fleet.azure.dps, registrationId, key, memory);
    devices.set(id, { memory, running });
  };
  let next = 0;
  const startAll = async (): Promise<void> => {
    while (next < deviceCount) await start(`device-${next++}`);
  };
  await Promise.all(Array.from({ length: startsAtOnce }, startAll));
  return {
    ...fleet,
    devices,
    start,
    stopDevice: async (id: string): Promise<void> => {
      await devices.get(id)?.running?.stop();
    },
    open: async (...names: readonly string[]): Promise<void> => {
      for (const name of names)
        await insist(fleet, 'PUT', `hubs/${name}.azure-devices.net`, {
          state: 'open',
          reason: 'a bench',
        });
      await until('the app knows that they are open', async () => {
        const { hubs: seen } = (await fleet.call('GET', 'hubs')).body as {
          readonly hubs: readonly { readonly hub: string; readonly state: string }[];
        };
        return names.every((name) =>
          seen.some((one) => one.hub.startsWith(`${name}.`) && one.state === 'open'),
        );
      });
    },
  };
};

const insist = async (
  { call }: Pick<Awaited<ReturnType<typeof startFleet>>, 'call'>,
  method: string,
  path: string,
  body: object,
): Promise<unknown> => {
  const answered = await call(method, path, body);
  if (answered.status >= 300)
    throw new Error(`${path}: ${answered.status} ${JSON.stringify(answered.body)}`);
  return answered.body;
};

/** @throws Error when it is not so within that time. */
export const until = async (
  what: string,
  isSo: () => Promise<boolean> | boolean,
  withinMs = 120_000,
  everyMs = 50,
): Promise<void> => {
  const begun = performance.now();
  while (!(await isSo())) {
    if (performance.now() - begun > withinMs) throw new Error(`never: ${what}`);
    await after(everyMs);
  }
};

/** Takes the fleet in, and counts the hubs. */
export const takenIn = async (fleet: BenchFleet): Promise<void> => {
  for (let phase = ''; phase !== 'done'; ) {
    await fleet.runTimer('takeInventory');
    phase = ((await fleet.call('GET', 'inventory/main')).body as { phase: string }).phase;
  }
  await fleet.runTimer('rebalance');
};

/** A drain of the first hub, approved: the campaign's id. */
export const beginDrain = async (
  fleet: BenchFleet,
  wavePercents: readonly number[] = [100],
): Promise<string> => {
  const ordered = { scope: 'main', reason: 'a bench' };
  const { id } = (await insist(fleet, 'POST', 'hubs/east.azure-devices.net/drain', ordered)) as {
    readonly id: string;
  };
  let view: PlanView | undefined;
  await until('the plan is made', async () => {
    view = (await fleet.call('GET', `plans/main/${id}`)).body as PlanView;
    return view.state === 'made';
  });
  const limits = { bakeMinutes: 0, wavePercents };
  const order = { plan: id, hash: view?.plan?.hash, reason: 'a bench', limits };
  const approved = (await insist(fleet, 'POST', 'campaigns/main', order)) as {
    readonly id: string;
  };
  return approved.id;
};
