import type { HeedHub } from './heed-hub.ts';
import type { KeepAudit } from './keep-audit.ts';
import type { Rebalance } from './rebalance.ts';

/** What Rehome does by itself stands in the audit as well: that it heeded Azure, began a campaign, or stopped everything. */
type Audit = Pick<KeepAudit, 'note'>;

/** Of a hub's messages there is a new count every few minutes: that is no change. */
export const noteHeeded =
  (audit: Audit, heed: HeedHub): HeedHub =>
  async (signal) => {
    const hub = await heed(signal);
    if (hub && signal.kind !== 'messages') {
      const { hostName, trouble, tier, units } = hub;
      const after = { trouble: trouble?.kind ?? null, tier: tier ?? null, units };
      const because = `Azure says: ${signal.kind}`;
      const outcome = { kind: 'done', because, before: null, after } as const;
      await audit.note({ operation: 'heedHub', target: `hubs/${hostName}` }, outcome);
    }
    return hub;
  };

export const noteRebalanced =
  (audit: Audit, rebalance: Rebalance): Rebalance =>
  async () => {
    const done = await rebalance();
    const { approved, tripped } = done;
    if (approved !== undefined)
      await audit.note(
        { operation: 'approvePlan', target: `campaigns/${approved}` },
        { kind: 'done', because: 'the dial', before: null, after: { campaign: approved } },
      );
    if (tripped !== undefined)
      await audit.note(
        { operation: 'tripBreaker', target: 'campaigns/breaker' },
        { kind: 'done', because: tripped, before: { tripped: false }, after: { tripped: true } },
      );
    return done;
  };
