import { authenticate } from '../iot-hub/access.ts';
import type { HubDevice, Session } from '../iot-hub/device.ts';
import type { IotHub } from '../iot-hub/hub.ts';
import { connect, disconnect } from '../iot-hub/links.ts';
import { answerMethod } from '../iot-hub/methods.ts';
import { toDeviceView } from '../iot-hub/twin.ts';
import { report } from '../iot-hub/twins.ts';
import { isObject, type Json } from '../json.ts';
import { type Link, type Served, topicParameter } from './mqtt-service.ts';

/** Topics by device, kept between links: a device that connects without a clean session does not subscribe again. */
const subscriptions = new WeakMap<HubDevice, Set<string>>();

const methodsTopic = '$iothub/methods/POST/';
const desiredTopic = '$iothub/twin/PATCH/properties/desired/';

/** A device's link to its hub: its twin and its methods. Undefined when the token does not prove the device. */
export const serveHub = (
  hub: IotHub,
  deviceId: string,
  sas: string | undefined,
  clean: boolean,
  link: Link,
): Served | undefined => {
  const device = authenticate(hub, deviceId, sas);
  if (!device) return undefined;
  const topics = (!clean && subscriptions.get(device)) || new Set<string>();
  subscriptions.set(device, topics);
  const session: Session = {
    close: link.close,
    takesMethods: () => topics.has(`${methodsTopic}#`),
    invoke: (methodName, requestId, payload) =>
      link.publish(`${methodsTopic}${methodName}/?$rid=${requestId}`, JSON.stringify(payload)),
    notify: (patch) => {
      if (!topics.has(`${desiredTopic}#`)) return;
      link.publish(`${desiredTopic}?$version=${patch['$version']}`, JSON.stringify(patch));
    },
  };
  connect(hub, device, session);
  return {
    publish: (topic, payload) => onPublish(hub, device, link, topic, payload),
    subscribe: (added) => {
      for (const topic of added) topics.add(topic);
    },
    unsubscribe: (dropped) => {
      for (const topic of dropped) topics.delete(topic);
    },
    end: () => disconnect(hub, device, session),
  };
};

const onPublish = (
  hub: IotHub,
  device: HubDevice,
  link: Link,
  topic: string,
  payload: string,
): boolean => {
  device.lastActivityMs = hub.world.now();
  const answer = (status: number, body: string, more = '') =>
    link.publish(`$iothub/twin/res/${status}/?$rid=${topicParameter(topic, '$rid')}${more}`, body);
  if (topic.startsWith('$iothub/twin/GET/')) {
    const twin = { desired: toDeviceView(device.desired), reported: toDeviceView(device.reported) };
    answer(200, JSON.stringify(twin));
    return true;
  }
  if (topic.startsWith('$iothub/twin/PATCH/properties/reported/')) {
    const patch = parseJson(payload);
    if (isObject(patch)) answer(204, '', `&$version=${report(hub, device, patch)}`);
    else answer(400, JSON.stringify({ errorCode: 400004, message: 'Not a twin patch' }));
    return true;
  }
  if (topic.startsWith('$iothub/methods/res/')) {
    const reply = { status: Number(topic.split('/')[3]), payload: parseJson(payload) ?? null };
    answerMethod(hub, device, topicParameter(topic, '$rid'), reply);
    return true;
  }
  return topic.startsWith(`devices/${device.deviceId}/messages/events/`); // telemetry goes nowhere here
};

const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
