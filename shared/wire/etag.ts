import { createHash } from 'node:crypto';

/** A strong ETag of what is answered, or of that part of it which people set. */
export const etagOf = (content: unknown): string =>
  `"${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)}"`;

/** Whether a change that was made from that version may be made: without one, whatever stands. */
export const isAsSeen = (ifMatch: string | undefined, etag: string): boolean =>
  ifMatch === undefined || ifMatch === '*' || ifMatch.split(',').some((one) => one.trim() === etag);
