import { type HubHostName, hubHostName } from '../../shared/domain/hub.ts';
import { noPolicy } from '../../shared/domain/policy.ts';
import { hostOf } from '../support/a-hub.ts';
import { main } from '../support/a-question.ts';
import { only } from '../support/a-rule.ts';
import { breakHub } from './azure.ts';
import { carryOut, command } from './campaign-people.ts';
import type { Device } from './devices.ts';
import { die } from './instance.ts';
import { type Act, exileName } from './script.ts';
import type { Stage } from './stage.ts';
import { hour, minute } from './weather.ts';

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
