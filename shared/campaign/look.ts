import type { HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Evidence, Word } from './evidence.ts';

/** What a hub answered when it was asked for a device's twin. */
export type TwinSight =
  | { readonly kind: 'absent' }
  | { readonly kind: 'silent'; readonly because: string }
  | {
      readonly kind: 'found';
      readonly enabled: boolean;
      readonly iotEdge: boolean;
      /** Whether its firmware says, in a reported property, that it keeps the device contract. */
      readonly advertises: boolean;
      readonly connected: boolean;
      /** undefined: never on this hub. */
      readonly lastActivityAt: Instant | undefined;
      /** Its word on a request, said on this hub: what DPS copied along from another is none. */
      readonly word: Word | undefined;
    };

/**
 * A look as evidence: of the identity as of now; of the device, and of what it said, as of when it was last at work there. Where it never
 * was, its words are a copy.
 */
export const evidenceOf = (
  hub: HubHostName,
  sight: TwinSight,
  now: Instant,
): readonly Evidence[] => {
  if (sight.kind !== 'found') return [{ kind: sight.kind, hub, at: now }];
  const { connected, lastActivityAt, word } = sight;
  const found = { kind: 'found', hub, at: now } as const;
  const at = connected ? now : lastActivityAt;
  if (at === undefined) return [found];
  const active = { kind: 'active', hub, at } as const;
  return word ? [found, active, { kind: 'said', hub, at, word }] : [found, active];
};
