import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseSas } from '../sas.ts';
import type { EventHubs } from './event-hubs.ts';

/** What a token lets its bearer into, and until when. */
export type Claim = { readonly path: string; readonly expiresMs: number };

/** `sb://host:port/Hub/…` → `hub/…`: names are without case. */
export const pathOf = (address: string): string =>
  address
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .replace(/^\/+|\/+$/g, '')
    .toLowerCase();

const hourMs = 3_600_000;

export const covers = (claimed: string, path: string): boolean =>
  claimed === '' || path === claimed || path.startsWith(`${claimed}/`);

/**
 * A shared access signature for an entity, or an identity's token for the whole namespace → its claim, or why it is none. The key counts as
 * text, not as base64.
 */
export const claimOf = (
  { key, world, takesToken }: EventHubs,
  token: string,
  address: string,
): Claim | string => {
  if (takesToken(token)) return { path: '', expiresMs: world.now() + hourMs };
  const sas = parseSas(token);
  if (!sas) return 'The token is not a SharedAccessSignature.';
  const wanted = createHmac('sha256', key).update(`${sas.sent}\n${sas.expiry}`).digest();
  const given = Buffer.from(sas.signature, 'base64');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    return 'The specified SAS token has an invalid signature.';
  const expiresMs = sas.expiry * 1000;
  if (!(expiresMs > world.now())) return 'ExpiredToken: The token is expired.';
  const path = pathOf(sas.resource);
  if (!covers(path, pathOf(address))) return 'InvalidAudience: The token is for another resource.';
  return { path, expiresMs };
};
