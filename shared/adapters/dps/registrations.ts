import type { Deadline } from '../../ports/deadline.ts';
import type { Registrations } from '../../ports/registrations.ts';
import { type DpsClients, statusOf } from './clients.ts';

/** By the genuine service SDK. A scope that is not told of is silent. */
export const dpsRegistrations = (
  clients: DpsClients,
  deadline: Deadline,
  timeoutMs: number,
): Registrations => ({
  find: async (scope, device) => {
    try {
      const client = await clients(scope);
      if (!client) return 'silent';
      await deadline(timeoutMs, () => client.getDeviceRegistrationState(device));
      return 'found';
    } catch (error) {
      return statusOf(error) === 404 ? 'absent' : 'silent';
    }
  },
});
