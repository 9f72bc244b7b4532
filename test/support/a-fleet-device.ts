import { expect, vi } from 'vitest';
import { startDevice } from '../../local/devices/device.ts';
import { blankMemory, type Firmware, keepsContract } from '../../local/devices/running.ts';
import { reachLocalAzure } from '../../local/network/reach-local-azure.ts';
import { realWorld } from '../../local/world.ts';
import type { aFleet } from './a-fleet.ts';

export type Fleet = Awaited<ReturnType<typeof aFleet>>;

export const patience = { timeout: 25_000, interval: 50 };

/** A fleet with one device; where it is, and where it could go. */
export const aDeviceIn = async (fleet: Fleet, id: string, firmware: Firmware = keepsContract()) => {
  reachLocalAzure(fleet.azure);
  const memory = blankMemory();
  const device = await startDevice(fleet.identityOf(id), realWorld, memory, firmware);
  const from = memory.assignment?.assignedHub ?? '';
  const to = [...fleet.azure.hubs.keys()].find((hub) => hub !== from) ?? '';
  // Its webhook call and its events have been recorded.
  await vi.waitFor(async () => {
    expect((await fleet.ask('GET', `main/${id}`)).body).toMatchObject({ observed: { hub: from } });
  }, patience);
  const twinOn = (hub: string) => fleet.azure.hubs.get(hub)?.devices.get(id);
  const history = async () => (await fleet.ask('GET', `main/${id}/moves`)).body.moves;
  const settles = (verdict: string) =>
    vi.waitFor(async () => expect(await history()).toMatchObject([{ verdict }]), patience);
  const order = (but: object = {}) =>
    fleet.ask('POST', `main/${id}/moves`, { to, reason: 'a test', ...but });
  return { device, memory, from, to, twinOn, history, settles, order, id };
};
