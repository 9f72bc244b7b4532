import { vi } from 'vitest';
import type { RehomedDevice } from '../../local/devices/rehomed-device.ts';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import type { PlanView } from '../../shared/wire/api/plans.ts';
import { aFleet } from './a-fleet.ts';
import { hostOf } from './a-hub.ts';

/** Devices without sockets on three hubs, and what a test asks of their app. */
export const aSmallFleet = async (
  settings: Readonly<Record<string, string>>,
  deviceCount: number,
) => {
  const fleet = await aFleet(settings);
  const devices: RehomedDevice[] = [];
  for (let index = 0; index < deviceCount; index += 1) {
    const { registrationId, key } = fleet.identityOf(`device-${index}`);
    devices.push(await startVirtualDevice(fleet.azure.dps, registrationId, key));
  }
  const on = (hub: string): number => fleet.azure.hubs.get(hostOf(hub))?.devices.size ?? 0;
  /** Everything is known of everybody, and every hub is counted. */
  const settled = async (): Promise<void> => {
    for (let phase = ''; phase !== 'done'; ) {
      await fleet.runTimer('takeInventory');
      phase = ((await fleet.call('GET', 'inventory/main')).body as { phase: string }).phase;
    }
    await fleet.runTimer('rebalance');
  };
  /** Asks for a plan, and waits for it. */
  const planned = async (path: string, body: object): Promise<PlanView> => {
    const asked = await fleet.call('POST', path, { reason: 'a test', ...body });
    if (asked.status !== 202) throw new Error(`${path} answered ${asked.status}`);
    const { id } = asked.body as { readonly id: string };
    return vi.waitUntil(
      async () => {
        const view = (await fleet.call('GET', `plans/main/${id}`)).body as PlanView;
        return view.state === 'made' || view.state === 'failed' ? view : undefined;
      },
      { timeout: 15_000, interval: 50 },
    );
  };
  return { ...fleet, devices, on, settled, planned };
};

export const hashOf = ({ plan }: PlanView): string => plan?.hash ?? '';
