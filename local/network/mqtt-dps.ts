import type { Dps } from '../dps/dps.ts';
import { dpsError, isDpsError } from '../dps/dps-error.ts';
import { toRegister, toStatus } from '../dps/dps-http.ts';
import type { HttpReply } from '../json.ts';
import { type Link, type Served, topicParameter } from './mqtt-service.ts';

type Caller = {
  readonly idScope: string;
  readonly registrationId: string;
  readonly sas: string | undefined;
};

/**
 * A device's link to the DPS: it registers, and asks how that goes. A token that does not prove the device is told as an answer to
 * those, not when the link is opened.
 */
export const serveDps = (dps: Dps, caller: Caller, link: Link): Served => ({
  publish: (topic, payload) => {
    const reply = toReply(dps, caller, topic, payload);
    if (!reply) return false;
    const retryAfter = reply.headers?.['retry-after'];
    const more = retryAfter === undefined ? '' : `&retry-after=${retryAfter}`;
    const rid = topicParameter(topic, '$rid');
    link.publish(
      `$dps/registrations/res/${reply.status}/?$rid=${rid}${more}`,
      JSON.stringify(reply.body),
    );
    return true;
  },
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  end: () => undefined,
});

const toReply = (
  dps: Dps,
  { idScope, registrationId, sas }: Caller,
  topic: string,
  payload: string,
): HttpReply | undefined => {
  try {
    if (topic.startsWith('$dps/registrations/PUT/iotdps-register/')) {
      return toRegister(dps, idScope, registrationId, sas, payload);
    }
    if (topic.startsWith('$dps/registrations/GET/iotdps-get-operationstatus/')) {
      const operationId = topicParameter(topic, 'operationId');
      return toStatus(dps, idScope, registrationId, sas, operationId);
    }
    return undefined;
  } catch (error) {
    if (isDpsError(error)) return error.reply;
    if (error instanceof SyntaxError) return dpsError(400, 400001, 'Not JSON').reply;
    throw error;
  }
};
