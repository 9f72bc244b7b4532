import { startRehomedDevice } from '../../local/devices/rehomed-device.ts';
import { type aCampaignWorld, minute } from './a-campaign-world.ts';
import { host } from './a-move.ts';
import { main } from './a-question.ts';

/** What people do to a fleet: they pull plugs, and order moves. */

type World = Awaited<ReturnType<typeof aCampaignWorld>>;

/** Devices from that one on, and up to that other, have no power: they are offline when they are asked. */
export const powerOff = async (world: World, from: number, to?: number): Promise<void> => {
  for (const device of world.devices.slice(from, to)) await (await device).stop();
  await world.run(5_000);
};

export const powerOn = async (
  world: World,
  from: number,
  to = world.devices.length,
): Promise<void> => {
  for (const [index, device] of world.devices.entries()) {
    const radio = world.radios[index];
    if (index < from || index >= to || !radio) continue;
    const { memory, firmware } = await device;
    world.devices[index] = startRehomedDevice(radio, world.world, memory, firmware);
  }
  await world.run(minute);
};

/** As a person orders it. */
export const byAPerson = async (world: World, deviceId: string, to: string): Promise<void> => {
  const order = {
    scope: main,
    deviceId,
    to: host(to),
    reason: 'a person said so',
    campaignId: 'by-hand',
    windowMs: 60 * minute,
    parkedMs: 60 * minute,
    jitterSeconds: 0,
    parkedJitterSeconds: 0,
    resetAllowed: false,
    unknownAllowed: true,
    yieldsPin: false,
  };
  const asked = world.apps[0]?.move(order);
  await world.run(5_000);
  const outcome = await asked;
  if (outcome?.kind !== 'triggered') throw new Error(`it is ${outcome?.kind}`);
};
