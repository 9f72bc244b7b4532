import { sleep } from '../../local/world.ts';
import type { Campaign } from '../../shared/campaign/campaign.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import type { SettledMove } from '../../shared/domain/move.ts';
import { hostOf } from '../support/a-hub.ts';
import { main } from '../support/a-question.ts';
import { type App, makeApp, type Plant } from './app.ts';
import { enroll, hearEvents, makeDps } from './azure.ts';
import { type Base, makeBase } from './base.ts';
import { makeDevices } from './devices.ts';
import { lawsOfTheEnd } from './laws-of-the-end.ts';
import { perform } from './people.ts';
import { exileName, hubNames, type Script } from './script.ts';
import type { Stage } from './stage.ts';
import type { Line, Violation } from './story.ts';
import { repeat } from './virtual-world.ts';
import { calm, minute } from './weather.ts';

/** A life of a few devices in bad weather, and then in calm: the app's flows as they are, over the cores of the local Azure. */
export type Life = {
  readonly violations: readonly Violation[];
  readonly lines: readonly Line[];
  readonly settled: readonly SettledMove[];
  readonly campaigns: readonly Campaign[];
  /** Of processes. */
  readonly deaths: number;
  readonly steps: number;
  readonly virtualMs: number;
};

/** @param endsAt the laws with whose breach the life ends. */
export const simulate = async (
  script: Script,
  plant: Plant = (ports) => ports,
  endsAt: readonly string[] = [],
): Promise<Life> => {
  const base = makeBase(script);
  const { world, laws, story, now } = base;
  let deaths = 0;
  const started = (): App => {
    deaths += 1;
    return makeApp(base, () => dps, `process-${deaths}`, plant);
  };
  const apps: App[] = [];
  const anApp = (): App => {
    const index = Math.floor(world.random() * script.instances);
    const found = apps[index];
    if (found && !found.instance.isDead) return found;
    const made = started();
    apps[index] = made;
    return made;
  };
  const dps = makeDps(base, anApp);
  hearEvents(base, anApp);
  const devices = makeDevices(base, dps);
  const stage: Stage = { base, dps, apps, anApp, devices };
  runTimers(base, apps, anApp);
  let steps = 0;
  const isOver = (): boolean => story.violations.some(({ law }) => endsAt.includes(law));
  const afterEach = (): unknown => {
    steps += 1;
    laws.answers.note(laws.moves.records.values());
    laws.moves.checkDeadlines(now.storeDownUntil);
    return isOver() ? 'done' : undefined;
  };
  await begin(stage, afterEach);
  for (const act of script.acts)
    world.after(act.atMs, () => {
      perform(stage, act).catch((error: unknown) => {
        story.tell('Otto', `gets no answer: ${error instanceof Error ? error.message : error}`);
      });
    });
  await world.runUntil(world.now() + script.stormMs, afterEach);
  if (!isOver()) {
    story.tell('the weather', 'is calm from now on');
    Object.assign(now, { weather: calm, storeDownUntil: 0, webhookDownUntil: 0 });
    settle(stage);
    await world.runUntil(world.now() + script.calmMs, afterEach);
  }
  if (!isOver()) lawsOfTheEnd(stage);
  return {
    violations: story.violations,
    lines: story.lines,
    settled: laws.moves.settled,
    campaigns: laws.campaigns.all(),
    deaths: deaths - script.instances,
    steps,
    virtualMs: world.now(),
  };
};

/** Timers run on one process at a time, and now and then on two: the platform promises no more. */
const runTimers = ({ world }: Base, _apps: readonly App[], anApp: () => App): void => {
  const every = (everyMs: number, work: (app: App) => Promise<unknown>): void =>
    repeat(
      world,
      () => everyMs,
      () => {
        const running = new Set([anApp(), ...(world.chance(0.1) ? [anApp()] : [])]);
        for (const app of running) void work(app).catch(() => undefined);
      },
    );
  every(minute, (app) => app.sweep(() => undefined));
  every(minute, (app) => app.rebalance());
  every(minute, (app) => app.inventory(main));
  every(minute, async (app) => app.advance());
};

/** The fleet comes in, on the first hub alone or anywhere, and an inventory is taken. Before Rehome, nobody listens. */
const begin = async (stage: Stage, afterEach: () => unknown): Promise<void> => {
  const { base, dps, devices } = stage;
  const { world, script, now } = base;
  const others = script.begins === 'together' ? hubNames.slice(1) : [];
  for (const name of others)
    if (script.isKnown) await setState(base, name, 'cordoned');
    else dps.linkedHubs.delete(hostOf(name));
  const { weather } = now;
  now.weather = script.isKnown ? calm : { ...calm, loses: 1 };
  await world.runUntil(world.now() + 20_000, afterEach);
  for (const device of devices) {
    const isLate = world.random() * 100 < script.latePercent;
    world.after(
      isLate ? world.random() * script.stormMs : world.random() * comingMs,
      device.turnOn,
    );
  }
  await world.runUntil(world.now() + beginMs, afterEach);
  for (const name of others)
    if (script.isKnown) await setState(base, name, 'open');
    else await perform(stage, { atMs: 0, does: 'link', hub: name });
  if (!script.isKnown) enroll(base, dps, 'custom');
  now.weather = weather;
  for (const device of devices) device.live();
};

/** All have come in by then, and what is known of them is known. */
const comingMs = 15 * minute;
const beginMs = 30 * minute;

const setState = async (
  { store }: Base,
  name: string,
  state: 'open' | 'cordoned',
): Promise<void> => {
  const { documents } = store.hubTables;
  const { signal } = new AbortController();
  const kept = await documents.read(hubHostName(hostOf(name)), signal);
  if (kept) await documents.write({ ...kept.hub, state }, kept.version, signal);
};

/** After the storm: hubs are linked and open, nothing is wrong with them, and whoever is held, goes on. */
const settle = (stage: Stage): void => {
  const { base, devices } = stage;
  const { world } = base;
  for (const hub of [...hubNames, exileName])
    void perform(stage, { atMs: world.now(), does: 'link', hub });
  for (const { firmware, turnOff, turnOn } of devices) {
    firmware.mood = { kind: 'accepts' };
    // Each is switched off and on once more, so that its hub tells of it.
    turnOff();
    world.after(2 * minute, turnOn);
  }
  const calmDown = async (): Promise<void> => {
    await sleep(world, 5 * minute);
    const { hubs, manage } = stage.anApp();
    for (const hub of hubNames) {
      const name = hubHostName(hostOf(hub));
      const known = base.store.hubTables.latest().hubs.get(name);
      if (known?.trouble) await hubs.change(name, { trouble: null });
      if (known?.state === 'closed') await hubs.change(name, { state: 'open' });
    }
    await manage.resetBreaker();
    for (const { order, state } of await manage.recent(main))
      if (state.kind === 'held' || state.kind === 'paused')
        await manage.command(main, order.id, 'resume', 'it is calm', 'Olga');
    await calmDown();
  };
  void calmDown().catch(() => undefined);
};
