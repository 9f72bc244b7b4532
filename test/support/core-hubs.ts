import { createHub, type IotHub } from '../../local/iot-hub/hub.ts';
import type { HubEvent } from '../../local/iot-hub/hub-event.ts';
import { askHub } from '../../local/iot-hub/hub-http.ts';
import type { World } from '../../local/world.ts';
import type { HubClient, HubClients } from '../../shared/adapters/iot-hub/hub-clients.ts';
import { hostOf } from './a-hub.ts';

export const coreHubs = (
  names: readonly string[],
  world: World,
  onEvent: (event: HubEvent) => void = () => undefined,
): ReadonlyMap<string, IotHub> =>
  new Map(
    names.map((name) => [hostOf(name), createHub({ hostName: hostOf(name), onEvent }, world)]),
  );

/** The service SDK's two clients as far as they are used, on the cores: what is tested goes without sockets, and in any time. */
export const coreClients =
  (hubs: ReadonlyMap<string, IotHub>): HubClients =>
  async (host) => {
    const ask = async (method: string, path: string, body: unknown, etag?: string) => {
      const hub = hubs.get(host);
      if (!hub) throw Object.assign(new Error(`no ${host}`), { code: 'ENOTFOUND' });
      const reply = await askHub(hub, {
        method,
        url: path,
        headers: { authorization: 'Bearer of tests', ...(etag ? { 'if-match': etag } : {}) },
        body: JSON.stringify(body ?? null),
      });
      if (reply === 'dropped')
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      if (reply.status < 300) return reply.body;
      throw Object.assign(new Error(`status ${reply.status}`), {
        response: { statusCode: reply.status, headers: reply.headers ?? {} },
        responseBody: JSON.stringify(reply.body),
      });
    };
    const query = (sql: string, pageSize: number) => {
      const made: { continuationToken: string | undefined; next: unknown } = {
        continuationToken: undefined,
        next: async (token: string | undefined) => {
          const body = { query: sql };
          const reply = await askHub(hubs.get(host) as IotHub, {
            method: 'POST',
            url: '/devices/query',
            headers: {
              authorization: 'Bearer of tests',
              'x-ms-max-item-count': String(pageSize),
              ...(token ? { 'x-ms-continuation': token } : {}),
            },
            body: JSON.stringify(body),
          });
          if (reply === 'dropped' || reply.status >= 300)
            throw new Error('the hub gives no answer');
          made.continuationToken = reply.headers?.['x-ms-continuation'];
          return { result: reply.body };
        },
      };
      return made;
    };
    const path = (id: string) => `/twins/${encodeURIComponent(id)}`;
    return {
      methods: {
        invokeDeviceMethod: (id: string, params: unknown, done: (...given: unknown[]) => void) => {
          ask('POST', `${path(id)}/methods`, params).then((body) => done(null, body), done);
        },
      },
      twins: {
        createQuery: query,
        getRegistryStatistics: async () => ({
          responseBody: await ask('GET', '/statistics/devices', undefined),
        }),
        getTwin: async (id: string) => ({ responseBody: await ask('GET', path(id), undefined) }),
        updateTwin: async (id: string, patch: unknown, etag: string) => ({
          responseBody: await ask('PATCH', path(id), patch, etag),
        }),
      },
    } as unknown as HubClient;
  };
