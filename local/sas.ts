import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Shared access signatures: `SharedAccessSignature sr={resource}&sig={HMAC-SHA256 of resource \n expiry}&se={expiry}[&skn={policy}]`.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas
 */
export type SasToken = {
  /** The resource as it was sent: the device SDK encodes it, the service SDK does not, and both sign what they send. */
  readonly sent: string;
  readonly resource: string;
  readonly signature: string;
  /** Seconds since the Unix epoch. */
  readonly expiry: number;
};

export const parseSas = (text: string | undefined): SasToken | undefined => {
  const fields = /^SharedAccessSignature\s+(.+)$/i.exec(text ?? '')?.[1]?.split('&');
  if (!fields) return undefined;
  const field = (name: string) =>
    fields.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
  const [sent, encodedSignature, expiry] = ['sr', 'sig', 'se'].map(field);
  const resource = decoded(sent);
  const signature = decoded(encodedSignature);
  if (!sent || !resource || !signature || !expiry) return undefined;
  return { sent, resource, signature, expiry: Number(expiry) };
};

/** Percent-decoded; undefined when it cannot be. */
export const decoded = (text: string | undefined): string | undefined => {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** Whether the token is for that resource, still good, and signed with one of the keys. */
export const sasProves = (
  token: SasToken | undefined,
  resource: string,
  keys: readonly (string | undefined)[],
  nowMs: number,
): token is SasToken =>
  !!token &&
  token.expiry * 1000 > nowMs &&
  token.resource.toLowerCase() === resource.toLowerCase() &&
  keys.some((key) => key !== undefined && isSignedWith(token, key));

const isSignedWith = ({ sent, expiry, signature }: SasToken, key: string): boolean => {
  const expected = sign(`${sent}\n${expiry}`, key);
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
};

const sign = (text: string, key: string): Buffer =>
  createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest();

/** A group's key for one device. */
export const derivedKey = (groupKey: string, registrationId: string): string =>
  sign(registrationId, groupKey).toString('base64');
