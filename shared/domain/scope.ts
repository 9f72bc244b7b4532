import type { Brand } from './brand.ts';

/** One DPS instance, by a short name of ours: it stands in every key, route and bucket. */
export type Scope = Brand<string, 'Scope'>;

/** Lower-case letters, digits and inner hyphens, 32 at most: safe in a URL, a Cosmos key and a setting. */
const pattern = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

export const parseScope = (text: string): Scope | undefined =>
  pattern.test(text) ? (text as Scope) : undefined;
