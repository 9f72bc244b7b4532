import type { Hub, HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { HubDocuments } from '../ports/hub-documents.ts';
import { changeHub } from './change-hub.ts';

/**
 * What Azure says of a hub:
 *
 *     changed      it was changed, perhaps scaled
 *     deleted      it is gone, or going
 *     failingOver  somebody began to fail it over
 *     unhealthy    something that affects it is going on
 *     healthy      nothing wrong is known any more
 *     messages     how many messages it has taken today
 *     unlisted     there is a hub that the hub table does not list
 */
export type HubSignal = { readonly at: Instant } & (
  | {
      readonly kind: 'changed';
      readonly hub: HubHostName;
      readonly tier: string | undefined;
      readonly units: number | undefined;
    }
  | {
      readonly kind: 'deleted' | 'failingOver' | 'unhealthy' | 'healthy';
      readonly hub: HubHostName;
    }
  | { readonly kind: 'messages'; readonly hub: HubHostName; readonly count: number }
  | { readonly kind: 'unlisted'; readonly resource: string }
);

/** Answers the hub as it is then; undefined where nothing of it changed. */
export type HeedHub = (signal: HubSignal) => Promise<Hub | undefined>;

type Ports = { readonly hubDocuments: HubDocuments; readonly deadline: Deadline };

/**
 * A signal → the hub's document. Nobody is moved by it: a hub in trouble holds campaigns at both its ends, and what a change of the hub is worth
 * is found by the next look at the fleet. Signals come doubled and in no order: the newest holds.
 */
export const heedHub =
  ({ hubDocuments, deadline }: Ports): HeedHub =>
  async (signal) => {
    if (signal.kind === 'unlisted') return undefined;
    const changed = await changeHub(hubDocuments, deadline, signal.hub, (hub) =>
      heeded(hub, signal),
    );
    return changed && changed.after !== changed.before ? changed.after : undefined;
  };

export const heeded = (hub: Hub, signal: HubSignal): Hub => {
  const { at } = signal;
  const isOld = hub.troubleAt !== undefined && at < hub.troubleAt;
  switch (signal.kind) {
    case 'unlisted':
      return hub;
    case 'changed': {
      const [tier, units] = [signal.tier ?? hub.tier, signal.units ?? hub.units];
      return tier === hub.tier && units === hub.units ? hub : { ...hub, tier, units };
    }
    case 'messages':
      return withMessages(hub, signal.count, at);
    case 'healthy':
      if (isOld) return hub;
      return hub.troubleAt === at && !hub.trouble
        ? hub
        : { ...hub, trouble: undefined, troubleAt: at };
    case 'deleted':
    case 'failingOver':
    case 'unhealthy':
      if (isOld || hub.trouble?.kind === signal.kind) return hub;
      return { ...hub, trouble: { kind: signal.kind, since: at }, troubleAt: at };
  }
};

/** Of a hub whose quota is not known it is not known how much that is. */
const withMessages = (hub: Hub, messageCount: number, measuredAt: Instant): Hub => {
  const { daily } = hub;
  if (!daily || (daily.measuredAt ?? 0) >= measuredAt) return hub;
  return { ...hub, daily: { ...daily, messageCount, measuredAt } };
};
