import type { HttpAsk, HttpReply } from '../json.ts';
import { authorize } from './access.ts';
import { type HubDevice, type Identity, toIdentity, toTwin } from './device.ts';
import { type Fate, meetFault } from './faults.ts';
import type { IotHub } from './hub.ts';
import { hubError, isHubError } from './hub-error.ts';
import { invokeMethod } from './methods.ts';
import { query } from './query.ts';
import {
  createIdentity,
  findDevice,
  removeIdentity,
  toStatistics,
  updateIdentity,
} from './registry.ts';
import { throttle } from './throttle.ts';
import { patchTwin, type TwinPatch } from './twins.ts';

/** The hub's REST API, api-version 2021-04-12, as far as Rehome uses it. A bug of ours throws; what the hub refuses is a reply. */
export const askHub = async (hub: IotHub, ask: HttpAsk): Promise<Fate> =>
  hub.isDead ? 'dropped' : meetFault(hub.faults, ask, () => answer(hub, ask));

const answer = async (hub: IotHub, ask: HttpAsk): Promise<HttpReply> => {
  try {
    authorize(hub, ask.headers['authorization']);
    return await route(hub, ask);
  } catch (error) {
    if (isHubError(error)) return error.reply;
    if (error instanceof SyntaxError) return hubError(400, 'ArgumentInvalid', 'Not JSON').reply;
    throw error;
  }
};

const route = async (hub: IotHub, { method, url, headers, body }: HttpAsk): Promise<HttpReply> => {
  const [noun = '', id = '', rest] = new URL(url, 'http://hub').pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const ifMatch = headers['if-match'];
  const path = `${method} ${noun}${id && (noun === 'statistics' || id === 'query') ? `/${id}` : id && '/{id}'}${rest ? `/${rest}` : ''}`;
  throttle(hub.meter, path, hub.world);
  switch (path) {
    case 'GET statistics/devices':
      return { status: 200, body: toStatistics(hub) };
    case 'GET statistics/service':
      return { status: 200, body: { connectedDeviceCount: hub.connectionCount } };
    case 'POST devices/query':
      return toPage(hub, headers, body);
    case 'GET devices/{id}':
      return identityReply(findDevice(hub, id));
    case 'PUT devices/{id}':
      return identityReply(putIdentity(hub, { ...JSON.parse(body), deviceId: id }, ifMatch));
    case 'DELETE devices/{id}':
      removeIdentity(hub, id, ifMatch);
      return { status: 204 };
    case 'GET twins/{id}':
      return twinReply(findDevice(hub, id));
    case 'POST twins/{id}/methods':
      return { status: 200, body: await invokeMethod(hub, id, JSON.parse(body)) };
    case 'PATCH twins/{id}':
      return twinReply(patchTwin(hub, id, JSON.parse(body) as TwinPatch, ifMatch));
    default:
      throw hubError(404, 'NotFound', `The local hub has no ${path}`);
  }
};

/** With If-Match an update, without a creation. */
const putIdentity = (hub: IotHub, identity: Identity, ifMatch: string | undefined): HubDevice =>
  ifMatch === undefined ? createIdentity(hub, identity) : updateIdentity(hub, identity, ifMatch);

const identityReply = (device: HubDevice): HttpReply => withEtag(toIdentity(device));
const twinReply = (device: HubDevice): HttpReply => withEtag(toTwin(device));
const withEtag = (body: { readonly etag?: unknown }): HttpReply => ({
  status: 200,
  body,
  headers: { etag: `"${body.etag}"` },
});

const pageSizeMax = 100;

const toPage = (hub: IotHub, headers: HttpAsk['headers'], body: string): HttpReply => {
  const size = Math.min(Number(headers['x-ms-max-item-count'] ?? pageSizeMax), pageSizeMax);
  const asked = String(JSON.parse(body).query);
  const { rows, itemType, continuation } = query(
    hub,
    asked,
    size,
    headers['x-ms-continuation'] || undefined,
  );
  return {
    status: 200,
    body: rows,
    headers: {
      'x-ms-item-type': itemType,
      ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
    },
  };
};
