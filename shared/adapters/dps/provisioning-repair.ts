import type { Deadline } from '../../ports/deadline.ts';
import type { ProvisioningRepair } from '../../ports/provisioning-repair.ts';
import { parseRegistrationState } from '../../wire/dps-record.ts';
import { changeEnrollment } from './change-enrollment.ts';
import { type DpsClients, statusOf } from './clients.ts';

/** By the genuine service SDK. */
export const dpsProvisioningRepair = (
  clients: DpsClients,
  deadline: Deadline,
  timeoutMs: number,
): ProvisioningRepair => {
  const enter = async (scope: Parameters<DpsClients>[0]) => {
    const client = await clients(scope);
    if (!client) throw new Error(`REHOME_DPS does not tell how to enter the DPS of ${scope}`);
    return client;
  };
  return {
    stateOf: async (scope, device) => {
      try {
        const client = await enter(scope);
        const { responseBody } = await deadline(timeoutMs, () =>
          client.getDeviceRegistrationState(device),
        );
        return parseRegistrationState(responseBody);
      } catch (error) {
        return { kind: statusOf(error) === 404 ? 'absent' : 'silent' };
      }
    },
    setReprovision: async (scope, { kind, id }, policy) => {
      const client = await enter(scope);
      const reprovisionPolicy = {
        updateHubAssignment: true,
        migrateDeviceData: policy === 'migrate',
      };
      const change = () => changeEnrollment(client, { kind, id }, { reprovisionPolicy });
      await deadline(timeoutMs, change).catch((error: unknown) => {
        if (statusOf(error) !== 404) throw error; // it is there no more
      });
    },
    forget: async (scope, device) => {
      const client = await enter(scope);
      try {
        await deadline(timeoutMs, () => client.deleteDeviceRegistrationState(device));
      } catch (error) {
        if (statusOf(error) !== 404) throw error;
      }
    },
  };
};
