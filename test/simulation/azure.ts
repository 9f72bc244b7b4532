import { createDps, type Dps, enrollmentKey } from '../../local/dps/dps.ts';
import { readEnrollment } from '../../local/dps/enrollment.ts';
import type { HubEvent } from '../../local/iot-hub/hub-event.ts';
import { toRoutedMessage } from '../../local/iot-hub/routing.ts';
import type { JsonObject } from '../../local/json.ts';
import { parseAllocationRequest } from '../../shared/wire/allocation-request.ts';
import { parseHubEvent } from '../../shared/wire/hub-event.ts';
import { main } from '../support/a-question.ts';
import { type App, type Base, profile } from './app.ts';
import { repeat } from './virtual-world.ts';
import { hour, minute } from './weather.ts';

export const makeDps = (base: Base, anApp: () => App): Dps => {
  const { world, hubs, seen } = base;
  const callWebhook = async (_url: string, body: JsonObject, timeoutMs: number) => {
    const app = anApp();
    const asked = parseAllocationRequest('main', JSON.stringify(body), new Set([main]));
    if (asked.kind === 'refused') throw new Error(JSON.stringify(asked.errors));
    const { request } = asked;
    const gone = new Promise<undefined>((resolve) => {
      app.instance.onDeath.push(() => resolve(undefined));
      world.after(timeoutMs, () => resolve(undefined));
    });
    const decision = await Promise.race([app.allocate(request), gone]);
    if (!decision) return undefined;
    seen.answered(request.deviceId, request.currentHub, decision.hub);
    return { status: 200, body: { iotHubHostName: decision.hub } };
  };
  const undocumented = {
    moveOrder: world.pick(['create first', 'remove first'] as const),
    unreachableSource: world.pick(['fails', 'assigns anew'] as const),
    retriesTimeout: world.chance(0.5),
  };
  const options = { hostName: 'sim', idScope: '0ne1', hubs: [...hubs.values()], callWebhook };
  const dps = createDps({ ...options, undocumented }, world);
  const body = {
    attestation: { type: 'symmetricKey' },
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl: 'https://app/api', apiVersion: '2021-10-01' },
  };
  dps.enrollments.set(
    enrollmentKey('group', 'fleet'),
    readEnrollment('group', 'fleet', body, undefined, world),
  );
  return dps;
};

/** A hub that is down answers nobody, has no links, and DPS can neither write to it nor read from it. */
export const breakHubs = ({ world, storm, down, hubs }: Base, dps: Dps): void =>
  repeat(
    world,
    () => minute,
    () => {
      if (!world.chance(storm.outages)) return;
      const hub = world.pick([...hubs.values()]);
      const linked = dps.linkedHubs.get(hub.hostName);
      if (!linked || down.has(hub.hostName)) return;
      down.add(hub.hostName);
      linked.reachable = false;
      for (const { session } of hub.devices.values()) session?.close('the hub is down');
      world.after(world.between(minute, 2 * hour), () => {
        down.delete(hub.hostName);
        linked.reachable = true;
      });
    },
  );

/** Each event comes late, and may come twice, or never; one that could not be recorded comes again until it is. */
export const hearEvents = ({ listeners, world, storm, table }: Base, anApp: () => App): void => {
  const deliver = (event: HubEvent): void => {
    const { body, properties, annotations } = toRoutedMessage(event, world);
    const message = { body, properties, systemProperties: annotations };
    const sighting = parseHubEvent(message, table(), profile.propertyName);
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
    if (world.chance(storm.loses)) return;
    const times = world.chance(storm.doubles) ? 3 : 1;
    for (let copy = 0; copy < times; copy += 1) {
      const lateMs = world.chance(0.1) ? world.between(0, 10 * minute) : world.between(0, 3_000);
      world.after(lateMs, () => deliver(event));
    }
  });
};
