import type { Hub, HubHostName } from '../domain/hub.ts';

/** The hubs, one by one, to be changed: whoever only decides by them asks for the hub table. A fault throws. */
export type HubDocuments = {
  readonly read: (
    hub: HubHostName,
    signal: AbortSignal,
  ) => Promise<{ readonly hub: Hub; readonly version: string } | undefined>;
  /** Replaces that version of it. `superseded`: it is no longer so; read and decide again. */
  readonly write: (
    hub: Hub,
    version: string,
    signal: AbortSignal,
  ) => Promise<'written' | 'superseded'>;
};
