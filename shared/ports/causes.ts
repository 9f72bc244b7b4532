import type { Instant } from '../domain/instant.ts';
import type { Shared } from './campaigns.ts';

/** What somebody changed that says where devices belong: it is planned when the timer comes round. By scope. */
export type CausesKept = {
  readonly relocate: Readonly<Record<string, { readonly at: Instant; readonly because: string }>>;
};

export type Causes = Shared<CausesKept>;
