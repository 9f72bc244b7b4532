import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { RegisteredFunction } from './core-types.ts';
import { end, type Porter, presentedKey } from './http-listener.ts';
import type { Invoke } from './invoke.ts';
import { equal, type HostKeys } from './keys.ts';

/**
 * `POST /runtime/webhooks/eventgrid?functionName=F&code=K`, as Event Grid calls it: the handshake, and events, each an invocation of its
 * own. One that fails makes Event Grid send all of them again.
 * @see https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
 */
export const eventGridPorter =
  (functions: readonly RegisteredFunction[], keys: HostKeys, invoke: Invoke): Porter =>
  async (request, response, url) => {
    if (url.pathname !== '/runtime/webhooks/eventgrid') return false;
    const body = await text(request);
    const key = presentedKey(request, url) ?? '';
    const name = url.searchParams.get('functionName') ?? '';
    const fed = functions.find((one) => one.name.toLowerCase() === name.toLowerCase());
    const isLetIn = [keys.master, keys.eventGrid].some(
      (one) => one !== undefined && equal(one, key),
    );
    if (!isLetIn) end(response, 401);
    else if (!fed) end(response, 404);
    else await take(String(request.headers['aeg-event-type']), body, fed, invoke, response);
    return true;
  };

const take = async (
  type: string,
  body: string,
  fed: RegisteredFunction,
  invoke: Invoke,
  response: ServerResponse,
): Promise<void> => {
  if (type === 'Unsubscribe') return end(response, 202);
  const given: unknown = parsed(body);
  if (given === undefined) return end(response, 400);
  const events = Array.isArray(given) ? given : [given];
  if (type === 'SubscriptionValidation') {
    const [{ data }] = events as [{ readonly data: { readonly validationCode: string } }];
    const answer = JSON.stringify({ validationResponse: data.validationCode });
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    return undefined;
  }
  if (type !== 'Notification') return end(response, 400);
  const outcomes = await Promise.allSettled(
    events.map((event) => invoke(fed, { json: JSON.stringify(event) })),
  );
  return end(response, outcomes.every(({ status }) => status === 'fulfilled') ? 202 : 500);
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};
