import { parseArgs } from 'node:util';
import { startVirtualDevice } from '../../local/devices/virtual-device.ts';
import { mulberry32 } from '../simulation/virtual-world.ts';
import { startFleet } from '../support/start-fleet.ts';
import { accountOf, untilSettled } from './account.ts';
import { badServices } from './bad-services.ts';
import { type Fleet, keepDraining, keepTiming, sleep, takeIn } from './operator.ts';

/**
 * `npm run crash-test -- [--kills N] [--devices N] [--seed X]`: the real app, in a process of its own, killed with -9 at random instants while
 * campaigns run and the store and the hubs fail now and then. At the end every device is connected to the hub where the ledger has it, no other
 * registry knows it, and it has moved as often as the ledger says. Gates are wide: what is tested is that nothing is lost.
 */

const settings = {
  REHOME_SNAPSHOT_MS: '500',
  REHOME_DIAL: 'off',
  REHOME_CAMPAIGN: JSON.stringify({
    bakeMinutes: 0,
    brokenPercent: 50,
    strandedPercent: 40,
    baselinePercent: 5,
    windowMinutes: 3,
    onFail: 'hold',
  }),
};

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    devices: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
  },
});

const numberOf = (flag: 'kills' | 'devices' | 'seed'): number => {
  const number = Number(values[flag]);
  if (!(number > 0)) throw new Error(`expected a number above 0: --${flag}`);
  return number;
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const startDevices = async (fleet: Fleet, count: number): Promise<readonly string[]> => {
  const ids = Array.from({ length: count }, (_, index) => `device-${index}`);
  for (const id of ids) {
    const { registrationId, key } = fleet.identityOf(id);
    await startVirtualDevice(fleet.azure.dps, registrationId, key);
  }
  return ids;
};

/** Kills and starts again, at any moment. */
const killOften = async (fleet: Fleet, kills: number, random: () => number): Promise<void> => {
  for (let kill = 1; kill <= kills; kill += 1) {
    // Mostly soon; now and then late enough for a plan to be made, and for a lease to run out.
    await sleep(random() < 0.7 ? random() * 5_000 : 10_000 + random() * 20_000);
    fleet.kill();
    await fleet.restart();
    const on = [...fleet.azure.hubs.values()].map(({ devices }) => devices.size).join(' ');
    if (kill % 10 === 0) say(`${kill} kills; devices on the hubs: ${on}`);
  }
};

const [kills, deviceCount, seed] = [numberOf('kills'), numberOf('devices'), numberOf('seed')];
const random = mulberry32(seed);
const begunMs = performance.now();
say(`seed ${seed}: ${kills} kills, ${deviceCount} devices`);
const fleet = await startFleet(settings);
const ids = await startDevices(fleet, deviceCount);
await takeIn(fleet);
const services = badServices(fleet, random);
const timing = keepTiming(fleet);
const draining = keepDraining(fleet);
await killOften(fleet, kills, random);
services.end();
await draining.stop();
timing.stop();
await untilSettled(fleet, ids);
const { moves, lost, doubled } = await accountOf(fleet, ids);
await fleet.stop();
const minutes = ((performance.now() - begunMs) / 60_000).toFixed(1);
say(
  `${kills} kills and ${services.count()} faults in ${minutes} minutes, ${draining.count()} drains; ${moves} moves, lost ${lost.length}, doubled ${doubled.length}`,
);
for (const line of [...lost, ...doubled]) say(`  ${line}`);
if (lost.length + doubled.length > 0) process.exitCode = 1;
