import type { HubHostName } from '../domain/hub.ts';
import type { IntakeKind } from '../domain/intake.ts';

/** Where the webhook counts what becomes of its answers to newcomers; the sums of all instances come back with the hub table. */
export type Intakes = {
  readonly note: (hub: HubHostName, kind: IntakeKind) => void;
  /** Anything else, by its name: `countOf`. */
  readonly count: (name: string, by: number) => void;
};
