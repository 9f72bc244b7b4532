import type { Instant } from '../domain/instant.ts';

export type Clock = { readonly now: () => Instant };
