import type { TwinSight } from '../../campaign/look.ts';
import type { Deadline } from '../../ports/deadline.ts';
import type { DeviceTwins } from '../../ports/device-twins.ts';
import { parseHubTwin } from '../../wire/hub-twin.ts';
import type { DeviceProfile } from './device-profile.ts';
import type { HubClients } from './hub-clients.ts';
import { hubFault, isAbsent } from './hub-fault.ts';

/** Twin reads: 100 a second and hub, where the identity registry gives 1.67. */
export const iotHubDeviceTwins = (
  clients: HubClients,
  deadline: Deadline,
  { propertyName }: DeviceProfile,
  timeoutMs: number,
): DeviceTwins => ({
  look: async ({ hub, deviceId }): Promise<TwinSight> => {
    try {
      const { twins } = await clients(hub);
      const { responseBody } = await deadline(timeoutMs, () => twins.getTwin(deviceId));
      return parseHubTwin(hub, responseBody, propertyName);
    } catch (error) {
      const fault = hubFault(error);
      return isAbsent(fault) ? { kind: 'absent' } : { kind: 'silent', because: fault.message };
    }
  },
});
