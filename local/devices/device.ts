import azureIotDevice from 'azure-iot-device';
import azureIotDeviceMqtt from 'azure-iot-device-mqtt';
import azureIotProvisioningDevice from 'azure-iot-provisioning-device';
import azureIotProvisioningDeviceMqtt from 'azure-iot-provisioning-device-mqtt';
import azureIotSecuritySymmetricKey from 'azure-iot-security-symmetric-key';

// Node sees only the first name that each of these packages exports, so they are taken whole.
const { Client } = azureIotDevice;
const { Mqtt } = azureIotDeviceMqtt;
const { ProvisioningDeviceClient } = azureIotProvisioningDevice;
const { Mqtt: ProvisioningMqtt } = azureIotProvisioningDeviceMqtt;
const { SymmetricKeySecurityClient } = azureIotSecuritySymmetricKey;

export type DeviceOptions = {
  readonly idScope: string;
  readonly registrationId: string;
  /** The device's own key, derived from its group's. */
  readonly key: string;
  /** What it sends along when it registers. */
  readonly payload?: object;
};

export type Assignment = { readonly assignedHub: string; readonly deviceId: string };

/** A device on Microsoft's own device SDK, over MQTT. */
export type Device = {
  readonly assignment: Assignment;
  readonly stop: () => Promise<void>;
};

const dpsHost = 'global.azure-devices-provisioning.net';

/** Registers at the DPS. @throws Error of the SDK, with the DPS's result. */
export const register = async ({
  idScope,
  registrationId,
  key,
  payload,
}: DeviceOptions): Promise<Assignment> => {
  const security = new SymmetricKeySecurityClient(registrationId, key);
  const transport = new ProvisioningMqtt();
  // The packages bring copies of one type that differ in a private field.
  const client = ProvisioningDeviceClient.create(dpsHost, idScope, transport, security as never);
  if (payload) client.setProvisioningPayload(payload);
  const result = await client.register();
  if (!result) throw new Error('The SDK gave no result.');
  return { assignedHub: result.assignedHub, deviceId: result.deviceId };
};

/** Registers, connects to the hub that it was given, and reports that hub in its twin. */
export const startDevice = async (options: DeviceOptions): Promise<Device> => {
  const assignment = await register(options);
  const { assignedHub, deviceId } = assignment;
  const client = Client.fromConnectionString(
    `HostName=${assignedHub};DeviceId=${deviceId};SharedAccessKey=${options.key}`,
    Mqtt,
  );
  await client.open();
  const twin = await client.getTwin();
  await new Promise<void>((resolve, reject) => {
    twin.properties.reported['update']({ hub: assignedHub }, (error: Error | null) =>
      error ? reject(error) : resolve(),
    );
  });
  return {
    assignment,
    stop: async () => {
      await client.close();
      client.removeAllListeners();
    },
  };
};
