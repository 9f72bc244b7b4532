import type { Dps } from '../../local/dps/dps.ts';
import { askDps } from '../../local/dps/dps-http.ts';
import type { DpsClients } from '../../shared/adapters/dps/clients.ts';

/** The service SDK's client as far as it repairs, on the core: what is tested goes without sockets, and in any time. */
export const coreDpsClients = (dps: () => Dps): DpsClients => {
  const ask = async (method: string, url: string, body?: object) => {
    const headers = { authorization: 'Bearer of tests' };
    const reply = askDps(dps(), { method, url, headers, body: JSON.stringify(body ?? null) });
    if (reply.status >= 300)
      throw Object.assign(new Error(`status ${reply.status}`), {
        response: { statusCode: reply.status },
      });
    return { responseBody: reply.body };
  };
  const groupPath = (id: string) => `/enrollmentGroups/${encodeURIComponent(id)}`;
  return async () =>
    ({
      getDeviceRegistrationState: (id: string) => ask('GET', `/registrations/${id}`),
      deleteDeviceRegistrationState: (id: string) => ask('DELETE', `/registrations/${id}`),
      getEnrollmentGroup: (id: string) => ask('GET', groupPath(id)),
      getEnrollmentGroupAttestationMechanism: (id: string) =>
        ask('POST', `${groupPath(id)}/attestationmechanism`),
      createOrUpdateEnrollmentGroup: (group: { readonly enrollmentGroupId: string }) =>
        ask('PUT', groupPath(group.enrollmentGroupId), group),
    }) as unknown as Awaited<ReturnType<DpsClients>>;
};
