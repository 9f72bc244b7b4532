import type { Dps } from '../../local/dps/dps.ts';
import { sleep } from '../../local/world.ts';
import { alwaysOpen } from '../../shared/campaign/calendar.ts';
import type { CampaignLimits } from '../../shared/campaign/campaign-limits.ts';
import type { CampaignCommand } from '../../shared/campaign/command-campaign.ts';
import { type HubHostName, hubHostName } from '../../shared/domain/hub.ts';
import { noPolicy } from '../../shared/domain/policy.ts';
import type { Goal } from '../../shared/planning/goal.ts';
import { hostOf } from '../support/a-hub.ts';
import { main } from '../support/a-question.ts';
import { only } from '../support/a-rule.ts';
import { type App, limitsOfCampaigns, limitsOfPlans } from './app.ts';
import { breakHub } from './azure.ts';
import type { Base } from './base.ts';
import type { Device } from './devices.ts';
import { die } from './instance.ts';
import { type Act, type CampaignDeed, exileName } from './script.ts';
import { hour, minute } from './weather.ts';

/** Where acts take place. */
export type Stage = {
  readonly base: Base;
  readonly dps: Dps;
  readonly apps: readonly App[];
  readonly anApp: () => App;
  readonly devices: readonly Device[];
};

const host = (name: string): HubHostName => hubHostName(hostOf(name));

/** What a script says, is done: by a person through the app's own flows, or by the world. */
export const perform = async (stage: Stage, act: Act): Promise<void> => {
  const { base, devices } = stage;
  const device = 'device' in act ? devices[act.device % devices.length] : undefined;
  base.story.tell(person(act), saidOf(act, device?.id));
  if (device) return toDevice(stage, act, device);
  switch (act.does) {
    case 'campaign':
      return carryOut(stage, act);
    case 'pause':
    case 'resume':
    case 'stop':
    case 'abort':
    case 'rollback':
      return command(stage, act.does);
    case 'reset breaker':
      await stage.anApp().manage.resetBreaker();
      return;
    default:
      return toWorld(stage, act);
  }
};

const person = ({ does }: Act): string =>
  ['outage', 'alert', 'link', 'unlink'].includes(does)
    ? 'Azure'
    : ['webhook down', 'store down', 'stall', 'kill', 'power cut'].includes(does)
      ? 'the weather'
      : 'Otto';

const saidOf = ({ atMs: _at, does, ...more }: Act, deviceId: string | undefined): string => {
  const { device: _device, ...rest } = { device: undefined, ...more };
  const details = Object.entries(rest).flatMap(([name, value]) =>
    value === undefined ? [] : [name === 'forMs' ? `for ${minutes(value)}` : `${name} ${value}`],
  );
  return ['says:', does, deviceId ?? '', ...details].filter((word) => word !== '').join(' ');
};
const minutes = (ms: unknown): string => `${Math.round(Number(ms) / minute)} minutes`;

const toDevice = async (stage: Stage, act: Act, { id: deviceId }: Device): Promise<void> => {
  const app = stage.anApp();
  const order = { scope: main, deviceId, because: 'a simulation', by: 'Otto' };
  switch (act.does) {
    case 'move':
      await app.move({
        scope: main,
        deviceId,
        to: host(act.to),
        reason: 'a simulation',
        campaignId: 'by-hand',
        windowMs: hour,
        parkedMs: 3 * hour,
        jitterSeconds: act.jitter,
        resetAllowed: false,
        unknownAllowed: true,
        yieldsPin: false,
      });
      return;
    case 'cancel':
      await app.end(main, deviceId, 'called off');
      return;
    case 'quarantine':
      await app.order.quarantine(order);
      return;
    case 'return':
      await app.order.giveBack(order, undefined);
      return;
    case 'pin':
      await app.order.pin(order);
      return;
    case 'unpin':
      await app.order.unpin(order);
      return;
    case 'roam':
      await app.label([{ deviceId, by: 'device', labels: { site: act.site } }]);
      return;
    case 'delete':
      for (const hub of stage.base.hubs.values()) hub.devices.delete(deviceId);
  }
};

const toWorld = async (stage: Stage, act: Act): Promise<void> => {
  const { base, dps, apps, anApp } = stage;
  const { world, now } = base;
  switch (act.does) {
    case 'state':
      await anApp().hubs.change(host(act.hub), { state: act.state });
      return;
    case 'weight':
      await anApp().hubs.change(host(act.hub), { weight: act.weight });
      return;
    case 'alert':
      await anApp().heed({ kind: act.says, hub: host(act.hub), at: world.clock.now() });
      return;
    case 'policy':
      await newPolicy(stage, act);
      return;
    case 'link': {
      const hub = base.hubs.get(host(act.hub));
      if (hub)
        dps.linkedHubs.set(host(act.hub), { hub, applyAllocationPolicy: true, reachable: true });
      return;
    }
    case 'unlink':
      dps.linkedHubs.delete(host(act.hub));
      return;
    case 'outage':
      return breakHub(base, dps, host(act.hub), act.forMs);
    case 'webhook down':
      now.webhookDownUntil = Math.max(now.webhookDownUntil, world.now() + act.forMs);
      return;
    case 'store down':
      now.storeDownUntil = Math.max(now.storeDownUntil, world.now() + act.forMs);
      return;
    case 'kill':
    case 'stall': {
      const { instance } = apps[act.instance % apps.length] ?? anApp();
      if (act.does === 'kill') return die(instance);
      instance.stalledUntil = world.now() + act.forMs;
      now.stalledUntil = Math.max(now.stalledUntil, instance.stalledUntil);
      return;
    }
    case 'power cut':
      return cutPower(stage, host(act.hub), act.forMs);
  }
};

/** All of a hub's devices are off, and come back together. */
const cutPower = ({ base, devices }: Stage, hub: string, forMs: number): void => {
  const there = base.hubs.get(hub)?.devices;
  for (const device of devices.filter(({ id }) => there?.has(id))) {
    device.turnOff();
    base.world.after(forMs, device.turnOn);
  }
};

const newPolicy = async (
  { base, anApp }: Stage,
  { site, hubs }: Extract<Act, { readonly does: 'policy' }>,
): Promise<void> => {
  const quarantine = host(exileName);
  await anApp().policy.put({
    document: {},
    patterns: [],
    toPolicy: (version) => ({ ...noPolicy, version, quarantine, rules: [only(site, ...hubs)] }),
    basedOn: undefined,
    by: 'Otto',
    reason: 'a simulation',
  });
  base.story.tell('Otto', 'has put a policy');
};

const goalOf = ({ goal, hub }: CampaignDeed): Goal => {
  if (goal === 'rebalance' || goal === 'relocate') return { kind: goal };
  return { kind: goal === 'drill' ? 'drain' : goal, hub: host(hub) };
};

/** Plans, waits for the plan, and approves it as it is: who gets no answer tries again. */
const carryOut = async (stage: Stage, act: { readonly does: 'campaign' } & CampaignDeed) => {
  const { base } = stage;
  const { world } = base;
  const goal = goalOf(act);
  const unknownAllowed = goal.kind === 'evacuate';
  const planned = { ...limitsOfPlans, cooldownMs: 0, imbalanceCount: 1, unknownAllowed };
  const { id: planId } = await insisting(stage, ({ plans }) =>
    plans.ask(main, goal, planned, 'a simulation', 'Otto'),
  );
  for (let look = 0; look < 40; look += 1) {
    await sleep(world, 30_000);
    const kept = await insisting(stage, ({ plans }) => plans.read(main, planId));
    if (kept?.state.kind === 'failed')
      return base.story.tell('Otto', `is told that it cannot be planned: ${kept.state.because}`);
    if (kept?.state.kind !== 'made') continue;
    const { hash, moveCount } = kept.state.plan;
    base.story.tell('Otto', `reads the plan: ${moveCount} moves`);
    if (moveCount === 0) return;
    const [from, to] = act.window ?? [];
    const windows = from && to ? [{ days: undefined, from, to }] : [];
    const limits: CampaignLimits = {
      ...limitsOfCampaigns,
      unknownAllowed,
      onFail: act.onFail,
      isDrill: act.goal === 'drill',
      calendar: { ...alwaysOpen, windows },
    };
    const id = `c-${world.dice.digits(20)}`;
    const approval = { scope: main, id, planId, hash, reason: 'a simulation', by: 'Otto' };
    const outcome = await insisting(stage, ({ manage }) =>
      manage.approve({ ...approval, limits: () => limits }),
    );
    if (outcome.kind !== 'approved') base.story.tell('Otto', `may not: ${outcome.kind}`);
    return;
  }
};

/** Who gets no answer asks again, a few times. */
const insisting = async <Answer>(
  { base: { world }, anApp }: Stage,
  ask: (app: App) => Promise<Answer>,
): Promise<Answer> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await Promise.race([ask(anApp()), late(world)]);
    } catch (error) {
      if (attempt === 5) throw error;
      await sleep(world, 20_000);
    }
  }
};

/** A process that dies does not answer. */
const late = async (world: Base['world']): Promise<never> => {
  await sleep(world, minute);
  throw new Error('no answer within a minute');
};

/** To the newest campaign that has not ended; a rollback, to the newest at all. */
const command = async (stage: Stage, said: CampaignCommand): Promise<void> => {
  const { tell } = stage.base.story;
  const recent = await insisting(stage, ({ manage }) => manage.recent(main));
  const named =
    said === 'rollback'
      ? recent.find(({ order }) => order.source.kind === 'plan')
      : recent.find(({ state }) => state.kind !== 'ended');
  if (!named) return tell('Otto', 'finds no campaign');
  const outcome = await insisting(stage, ({ manage }) =>
    manage.command(main, named.order.id, said, 'a simulation', 'Otto'),
  );
  const why = outcome.kind === 'refused' ? `: ${outcome.because}` : '';
  tell('Otto', `says ${said} to ${named.order.id}: ${outcome.kind}${why}`);
};
