import azureIotDevice from 'azure-iot-device';
import azureIotDeviceMqtt from 'azure-iot-device-mqtt';
import azureIotProvisioningDevice from 'azure-iot-provisioning-device';
import azureIotProvisioningDeviceMqtt from 'azure-iot-provisioning-device-mqtt';
import azureIotSecuritySymmetricKey from 'azure-iot-security-symmetric-key';
import type { Json, JsonObject } from '../json.ts';
import type { Assignment, Ears, Link, Radio } from './radio.ts';

// Node sees only the first name that each of these packages exports, so they are taken whole.
const { Client } = azureIotDevice;
const { Mqtt } = azureIotDeviceMqtt;
const { ProvisioningDeviceClient } = azureIotProvisioningDevice;
const { Mqtt: ProvisioningMqtt } = azureIotProvisioningDeviceMqtt;
const { SymmetricKeySecurityClient } = azureIotSecuritySymmetricKey;

export type DeviceIdentity = {
  readonly idScope: string;
  readonly registrationId: string;
  /** The device's own key, derived from its group's. */
  readonly key: string;
};

const dpsHost = 'global.azure-devices-provisioning.net';

/** Microsoft's own device SDK, over MQTT. */
export const sdkRadio = (identity: DeviceIdentity): Radio => ({
  register: (payload) => register(identity, payload),
  connect: (assignment, ears) => connect(identity, assignment, ears),
});

/** Registers at the DPS. @throws Error of the SDK, with the DPS's result. */
export const register = async (
  { idScope, registrationId, key }: DeviceIdentity,
  payload?: JsonObject,
): Promise<Assignment> => {
  const security = new SymmetricKeySecurityClient(registrationId, key);
  const transport = new ProvisioningMqtt();
  // The packages bring copies of one type that differ in a private field.
  const client = ProvisioningDeviceClient.create(dpsHost, idScope, transport, security as never);
  if (payload) client.setProvisioningPayload(payload);
  const result = await client.register();
  await closed(transport);
  if (!result) throw new Error('The SDK gave no result.');
  return { assignedHub: result.assignedHub, deviceId: result.deviceId };
};

/** The SDK closes its link some time after it has told the result, and throws when the link is lost meanwhile. */
const closed = (transport: InstanceType<typeof ProvisioningMqtt>): Promise<void> =>
  new Promise((resolve) => transport.disconnect(() => resolve()));

const connect = async (
  { key }: DeviceIdentity,
  { assignedHub, deviceId }: Assignment,
  ears: Ears,
): Promise<Link> => {
  const client = Client.fromConnectionString(
    `HostName=${assignedHub};DeviceId=${deviceId};SharedAccessKey=${key}`,
    Mqtt,
  );
  client.on('error', () => undefined); // the disconnection, or the refusal, follows
  await client.open();
  // Only now: the SDK opens the link for a handler, and throws where nobody catches when it is refused.
  for (const name of ears.methodNames) {
    client.onDeviceMethod(name, (request, response) => {
      const answer = ears.onMethod(name, request.payload as Json);
      if (!answer) return;
      response.send(answer.status, answer.payload).catch(() => undefined); // it has left meanwhile
    });
  }
  client.on('disconnect', ears.onLost);
  const twin = await client.getTwin();
  twin.on('properties.desired', (patch: JsonObject) => ears.onDesired(patch));
  return {
    desired: () => ({ ...twin.properties.desired }),
    report: (patch) =>
      new Promise<void>((resolve, reject) => {
        twin.properties['reported']['update'](patch, (error: Error | null) =>
          error ? reject(error) : resolve(),
        );
      }),
    close: async () => {
      client.removeAllListeners('disconnect');
      await client.close();
      client.removeAllListeners();
    },
  };
};
