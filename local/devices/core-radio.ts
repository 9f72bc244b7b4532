import type { Dps } from '../dps/dps.ts';
import { register } from '../dps/register.ts';
import type { Session } from '../iot-hub/device.ts';
import type { IotHub } from '../iot-hub/hub.ts';
import { connect, disconnect } from '../iot-hub/links.ts';
import { answerMethod } from '../iot-hub/methods.ts';
import { toDeviceView } from '../iot-hub/twin.ts';
import { report } from '../iot-hub/twins.ts';
import type { Assignment, Ears, Link, Radio } from './radio.ts';
import { deviceToken } from './token.ts';

const tokenMs = 3_600_000;

/** The cores themselves, without sockets: for fleets that a machine could not hold otherwise, and for simulations. */
export const coreRadio = (dps: Dps, registrationId: string, key: string): Radio => ({
  register: async (payload) => {
    const { idScope, world } = dps;
    const resource = `${idScope}/registrations/${registrationId}`;
    const token = deviceToken(resource, key, world.now() + tokenMs);
    await register(dps, idScope, registrationId, token, payload).done;
    const registration = dps.registrations.get(registrationId.toLowerCase());
    if (registration?.status !== 'assigned' || !registration.assignedHub) {
      throw new Error(
        `${registrationId} is ${registration?.status}: ${registration?.errorMessage}`,
      );
    }
    const { assignedHub, deviceId = registrationId } = registration;
    return { assignedHub, deviceId };
  },
  connect: async (assignment, ears) => join(dps, assignment, ears),
});

const join = (dps: Dps, { assignedHub, deviceId }: Assignment, ears: Ears): Link => {
  const linked = dps.linkedHubs.get(assignedHub);
  const device = linked?.hub.devices.get(deviceId);
  if (!linked?.reachable || device?.status !== 'enabled') {
    throw new Error(`${assignedHub} does not let ${deviceId} in`);
  }
  const { hub } = linked;
  const session: Session = {
    close: () => {
      disconnect(hub, device, session);
      ears.onLost();
    },
    takesMethods: () => ears.methodNames.length > 0,
    invoke: (name, requestId, payload) => {
      if (!ears.methodNames.includes(name)) return; // as the SDK: it never answers
      const answer = ears.onMethod(name, payload);
      if (answer) answerMethod(hub, device, requestId, answer);
    },
    notify: (patch) => ears.onDesired(patch),
  };
  connect(hub, device, session);
  return {
    desired: () => toDeviceView(device.desired),
    report: async (patch) => {
      assertJoined(hub, deviceId, session);
      report(hub, device, patch);
    },
    close: async () => disconnect(hub, device, session),
  };
};

const assertJoined = (hub: IotHub, deviceId: string, session: Session): void => {
  if (hub.devices.get(deviceId)?.session !== session) throw new Error('The link is closed');
};
