import type { RegisteredFunction } from './core-types.ts';
import { end, type Porter, presentedKey } from './http-listener.ts';
import type { Invoke } from './invoke.ts';
import { equal, type HostKeys } from './keys.ts';

const timerInfo = { json: JSON.stringify({ ScheduleStatus: null, IsPastDue: false }) };

/**
 * `POST /admin/functions/{name}` with the master key runs a timer function now: 202 when it has run, 500 when it failed.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
 */
export const adminPorter =
  (functions: readonly RegisteredFunction[], keys: HostKeys, invoke: Invoke): Porter =>
  async (request, response, url) => {
    const name = /^\/admin\/functions\/([^/]+)$/.exec(url.pathname)?.[1];
    if (name === undefined || request.method !== 'POST') return false;
    const found = functions.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!equal(keys.master, presentedKey(request, url) ?? '')) end(response, 401);
    else if (found?.trigger.type !== 'timerTrigger') end(response, 404);
    else {
      await invoke(found, timerInfo);
      end(response, 202);
    }
    return true;
  };
