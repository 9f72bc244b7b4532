import { createDps, type Dps, enrollmentKey } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import type { HubEvent } from '../../local/iot-hub/hub-event.ts';
import { toRoutedMessage } from '../../local/iot-hub/routing.ts';
import type { JsonObject } from '../../local/json.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { parseAllocationRequest } from '../../shared/wire/allocation-request.ts';
import { parseHubEvent } from '../../shared/wire/hub-event.ts';
import { main } from '../support/a-question.ts';
import type { App } from './app.ts';
import { type Base, profile } from './base.ts';
import { minute } from './weather.ts';

export const makeDps = (base: Base, anApp: () => App): Dps => {
  const { world, hubs, now, laws, script } = base;
  const callWebhook = async (_url: string, body: JsonObject, timeoutMs: number) => {
    if (world.now() < now.webhookDownUntil || world.chance(now.weather.webhookLost))
      return undefined;
    const app = anApp();
    const askedAt = world.now();
    const asked = parseAllocationRequest('main', JSON.stringify(body), new Set([main]));
    if (asked.kind === 'refused') throw new Error(JSON.stringify(asked.errors));
    const { request } = asked;
    const gone = new Promise<undefined>((resolve) => {
      app.instance.onDeath.push(() => resolve(undefined));
      world.after(timeoutMs, () => resolve(undefined));
    });
    const decision = await Promise.race([app.allocate(request), gone]);
    if (!decision) return undefined;
    const isStalled = askedAt < app.instance.stalledUntil;
    laws.answers.answered(request, decision.hub, isStalled ? 0 : world.now() - askedAt);
    const move = laws.moves.recordOf(request.deviceId)?.move;
    const from = request.currentHub;
    // Off a hub that is closed, or linked no more, devices are answered elsewhere, whatever becomes of a campaign.
    const couldStay =
      from !== undefined &&
      !laws.answers.wasClosed(from) &&
      request.linkedHubs.some((linked) => hubHostName(linked) === from);
    const isMoved = couldStay && from !== decision.hub;
    if (move?.to === decision.hub && isMoved) laws.campaigns.released(request.deviceId, move);
    return { status: 200, body: { iotHubHostName: decision.hub } };
  };
  const dps = createDps(
    {
      hostName: 'sim',
      idScope: '0ne1',
      hubs: [...hubs.values()],
      callWebhook,
      undocumented: script.undocumented,
      quotas: {
        registrations: { countMax: script.registrationsPerMinute, periodMs: minute },
      },
    },
    world,
  );
  enroll(base, dps, script.isKnown ? 'custom' : 'hashed');
  return dps;
};

/** The group of the whole fleet: its devices are placed by us, or, before Rehome, by DPS itself. */
export const enroll = ({ world }: Base, dps: Dps, allocationPolicy: 'custom' | 'hashed'): void => {
  const key = enrollmentKey('group', 'fleet');
  const attestation = { type: 'symmetricKey' };
  const webhook = {
    webhookUrl: 'https://app/api/dps/main/allocate?code=x',
    apiVersion: '2021-10-01',
  };
  const custom = allocationPolicy === 'custom' ? { customAllocationDefinition: webhook } : {};
  const body = { attestation, allocationPolicy, ...custom };
  dps.enrollments.set(key, readEnrollment('group', 'fleet', body, dps.enrollments.get(key), world));
};

/** A hub that is down answers nobody, has no links, and DPS can neither write to it nor read from it. */
export const breakHub = (
  { world, down, downUntil, hubs, story }: Base,
  dps: Dps,
  host: string,
  forMs: number,
): void => {
  const [hub, linked] = [hubs.get(host), dps.linkedHubs.get(host)];
  if (!hub || down.has(host)) return;
  story.tell(host, `is down for ${Math.round(forMs / minute)} minutes`);
  down.add(host);
  downUntil.set(host, world.now() + forMs);
  if (linked) linked.reachable = false;
  for (const { session } of hub.devices.values()) session?.close('the hub is down');
  world.after(forMs, () => {
    down.delete(host);
    const again = dps.linkedHubs.get(host);
    if (again) again.reachable = true;
    story.tell(host, 'is back');
  });
};

/** Each event comes late, and may come twice, or never; one that could not be recorded comes again until it is. */
export const hearEvents = ({ listeners, world, now, store }: Base, anApp: () => App): void => {
  const deliver = (event: HubEvent): void => {
    const { body, properties, annotations } = toRoutedMessage(event, world);
    const message = { body, properties, systemProperties: annotations };
    const table = store.hubTables.latest();
    const sighting = parseHubEvent(message, table, profile.propertyName);
    if (sighting.kind !== 'sighting') return;
    const app = anApp();
    let isDone = false;
    const again = (): void => {
      if (!isDone) world.after(world.between(500, 5_000), () => deliver(event));
      isDone = true;
    };
    app.instance.onDeath.push(again);
    app
      .hear([sighting], () => undefined)
      .then(() => {
        isDone = true;
      }, again);
  };
  listeners.push((event) => {
    if (world.chance(now.weather.loses)) return;
    const times = world.chance(now.weather.doubles) ? 3 : 1;
    for (let copy = 0; copy < times; copy += 1) {
      const lateMs = world.chance(0.1) ? world.between(0, 10 * minute) : world.between(0, 3_000);
      world.after(lateMs, () => deliver(event));
    }
  });
};
