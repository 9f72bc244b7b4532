import type { CallWebhook } from './dps.ts';

/** The webhook over HTTP. An answer that is not JSON has no body; one that does not come in time, or at all, is undefined. */
export const postJson: CallWebhook = async (url, body, timeoutMs) => {
  try {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: reply.status, body: parseJson(await reply.text()) };
  } catch (error) {
    if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError'))
      return undefined;
    throw error;
  }
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
