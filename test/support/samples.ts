import { readFileSync } from 'node:fs';
import path from 'node:path';
import { rootFolder } from './source.ts';

/**
 * The requests that Microsoft documents, and those that follow from its tables.
 * @see https://learn.microsoft.com/azure/iot-dps/concepts-custom-allocation
 */
const sample = readFileSync(path.join(rootFolder, 'local/samples/group-registration.json'), 'utf8');

export const toasters = 'custom-allocation-toasters-hub.azure-devices.net';
export const heatpumps = 'custom-allocation-heatpumps-hub.azure-devices.net';

type Fields = Record<string, unknown>;

/** By path, `{ 'deviceRuntimeContext.registrationId': 7 }`: a new value, or undefined to take the field away. */
export type Change = Readonly<Fields>;

/** A first registration through an enrollment group, but for what is said. */
export const groupRegistration = (change: Change = {}): string => {
  const body: Fields = JSON.parse(sample);
  for (const [path, value] of Object.entries(change)) setField(body, path.split('.'), value);
  return JSON.stringify(body);
};

const setField = (
  holder: Fields,
  [name = '', ...inner]: readonly string[],
  value: unknown,
): void => {
  if (inner.length > 0) {
    holder[name] ??= {};
    setField(holder[name] as Fields, inner, value);
  } else if (value === undefined) {
    delete holder[name];
  } else {
    holder[name] = value;
  }
};

/** The same device, registering through an enrollment of its own. */
export const individualRegistration = (change: Change = {}): string =>
  groupRegistration({
    enrollmentGroup: undefined,
    'individualEnrollment.registrationId': 'breakroom499-contoso-tstrsd-007',
    'individualEnrollment.deviceId': 'Breakroom-499',
    'individualEnrollment.attestation': { type: 'symmetricKey' },
    'individualEnrollment.allocationPolicy': 'custom',
    ...change,
  });

/** A repeat: DPS names the hub that the device is on. */
export const again = (current: string): Change => ({
  'deviceRuntimeContext.currentIotHubHostName': current,
  'deviceRuntimeContext.currentDeviceId': 'breakroom499-contoso-tstrsd-007',
});

/** A real request of 2019, with the device's payload, on one line as it was logged. */
export const registrationOf2019 =
  '{"enrollmentGroup":{"enrollmentGroupId":"contoso-custom-allocated-devices","attestation":{"type":"symmetricKey"},"capabilities":{"iotEdge":false},"etag":"\\"e8002126-0000-0100-0000-5f6b2a570000\\"","provisioningStatus":"enabled","reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":true},"createdDateTimeUtc":"2020-09-23T10:58:31.62286Z","lastUpdatedDateTimeUtc":"2020-09-23T10:58:31.62286Z","allocationPolicy":"custom","iotHubs":["contoso-toasters-hub-1098.azure-devices.net"],"customAllocationDefinition":{"webhookUrl":"https://contoso-function-app.azurewebsites.net/api/HttpTrigger1?****","apiVersion":"2019-03-31"}},"deviceRuntimeContext":{"registrationId":"contoso-heatpump-088","symmetricKey":{},"payload":{"MyDeviceFirmwareVersion":"12.0.2.5","MyDeviceProvisioningVersion":"1.0.0.0"}},"linkedHubs":["contoso-toasters-hub-1098.azure-devices.net"]}';
