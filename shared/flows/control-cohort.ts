import type { CampaignOrder, ControlDevice } from '../campaign/campaign.ts';
import type { Silence } from '../campaign/judge-wave.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { DeviceRecords } from '../ports/device-records.ts';
import type { DeviceTwins } from '../ports/device-twins.ts';
import { inParallel } from './in-parallel.ts';

type Ports = {
  readonly records: DeviceRecords;
  readonly twins: DeviceTwins;
  readonly deadline: Deadline;
};

/** Of each hub that devices leave, so many, and so many in all: enough to see what befalls a hub. */
const perHubMax = 50;
const controlMax = 200;
const timeoutMs = 10_000;
const atOnceMax = 16;

/** Devices of the hubs that a campaign moves others from: who of them is moved is told by whoever asks. */
export const controlOf = async (
  { records, deadline }: Pick<Ports, 'records' | 'deadline'>,
  { scope, hubs, goal }: CampaignOrder,
): Promise<readonly ControlDevice[]> => {
  if (goal.kind === 'evacuate') return []; // a dead hub tells nothing
  const found: ControlDevice[] = [];
  for (const hub of hubs) {
    if (found.length >= controlMax) break;
    const page = await deadline(timeoutMs, (signal) =>
      records.on(scope, hub, perHubMax * 4, undefined, signal),
    );
    if (page === 'bad-after') continue;
    const free = page.records.filter(({ move }) => !move).slice(0, perHubMax * 4);
    found.push(...free.map(({ deviceId }) => ({ deviceId, hub })));
  }
  return found;
};

type Watched = { readonly deviceId: string; readonly hub: HubHostName };

/** Of those that a hub could tell of: whether they are connected. By their place. */
const connectedOf = async (
  { twins }: Pick<Ports, 'twins'>,
  devices: readonly Watched[],
): Promise<readonly (boolean | undefined)[]> =>
  inParallel(devices, atOnceMax, async (device) => {
    const sight = await twins.look(device);
    if (sight.kind === 'silent') return undefined;
    return sight.kind === 'found' && sight.connected;
  });

/** Those that are connected now, by their place. */
export const controlUp = async (
  ports: Pick<Ports, 'twins'>,
  devices: readonly Watched[],
): Promise<readonly number[]> => {
  const connected = await connectedOf(ports, devices);
  return connected.flatMap((is, index) => (is ? [index] : []));
};

/** Of devices that were connected, those that are not any more; those of a hub that gives no answer do not count. */
export const silenceOf = async (
  ports: Pick<Ports, 'twins'>,
  devices: readonly Watched[],
): Promise<Silence> => {
  const told = (await connectedOf(ports, devices)).filter((is) => is !== undefined);
  return { lost: told.filter((is) => !is).length, of: told.length };
};
