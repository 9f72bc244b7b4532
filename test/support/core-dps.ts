import type { Dps } from '../../local/dps/dps.ts';
import { askDps } from '../../local/dps/dps-http.ts';
import type { DpsClients } from '../../shared/adapters/dps/clients.ts';

type Asked = {
  readonly method: string;
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: object;
};

/** The service SDK's client as far as it is used, on the core: what is tested goes without sockets, and in any time. */
export const coreDpsClients = (dps: () => Dps): DpsClients => {
  const ask = ({ method, url, headers = {}, body }: Asked) => {
    const reply = askDps(dps(), {
      method,
      url,
      headers: { authorization: 'Bearer of tests', ...headers },
      body: JSON.stringify(body ?? null),
    });
    if (reply.status < 300) return reply;
    throw Object.assign(new Error(`status ${reply.status}`), {
      response: { statusCode: reply.status },
    });
  };
  const answerTo = async (asked: Asked) => ({ responseBody: ask(asked).body });
  const query = (url: string, pageSize: number) => {
    const made = {
      continuationToken: undefined as string | undefined,
      next: async (token: string | undefined) => {
        const headers = {
          'x-ms-max-item-count': String(pageSize),
          ...(token ? { 'x-ms-continuation': token } : {}),
        };
        const reply = ask({ method: 'POST', url, headers, body: { query: '*' } });
        made.continuationToken = reply.headers?.['x-ms-continuation'];
        return { responseBody: reply.body };
      },
    };
    return made;
  };
  const groupPath = (id: string) => `/enrollmentGroups/${encodeURIComponent(id)}`;
  return async () =>
    ({
      createEnrollmentGroupQuery: (_all: unknown, size: number) =>
        query('/enrollmentGroups/query', size),
      createIndividualEnrollmentQuery: (_all: unknown, size: number) =>
        query('/enrollments/query', size),
      createEnrollmentGroupDeviceRegistrationStateQuery: (
        _all: unknown,
        id: string,
        size: number,
      ) => query(`/registrations/${id}/query`, size),
      getDeviceRegistrationState: (id: string) =>
        answerTo({ method: 'GET', url: `/registrations/${id}` }),
      deleteDeviceRegistrationState: (id: string) =>
        answerTo({ method: 'DELETE', url: `/registrations/${id}` }),
      getEnrollmentGroup: (id: string) => answerTo({ method: 'GET', url: groupPath(id) }),
      getEnrollmentGroupAttestationMechanism: (id: string) =>
        answerTo({ method: 'POST', url: `${groupPath(id)}/attestationmechanism` }),
      createOrUpdateEnrollmentGroup: (group: { readonly enrollmentGroupId: string }) =>
        answerTo({ method: 'PUT', url: groupPath(group.enrollmentGroupId), body: group }),
    }) as unknown as Awaited<ReturnType<DpsClients>>;
};
