import type { Instant } from '../domain/instant.ts';
import { instant } from '../domain/instant.ts';
import type { RunLimits, RunPorts } from './perform-step.ts';
import type { Ran } from './ran.ts';
import { runCampaign } from './run-campaign.ts';

/** Campaigns that were carried on, and those that could not be: they are taken up again by the next run. */
export type Advanced = {
  readonly ran: readonly Ran[];
  readonly faults: readonly { readonly id: string; readonly because: string }[];
};

export type AdvanceCampaigns = () => Promise<Advanced>;

export type AdvanceLimits = RunLimits & {
  /** How long one run lasts, from when its timer was due: until the next is, less what it takes to leave. */
  readonly budgetMs: number;
  /** How often it looks for campaigns that have been approved meanwhile. */
  readonly lookMs: number;
};

const timeoutMs = 10_000;
const minuteMs = 60_000;
/** Later than this it is another's clock, somebody's hand, or a run that had to wait for a longer one: it lasts its whole time. */
const latenessMax = 5_000;

/** When a run that begins now ends: no later for a timer that came late, since the next is not due any later. */
export const endOf = (now: Instant, { budgetMs }: Pick<AdvanceLimits, 'budgetMs'>): Instant => {
  const sinceMinute = now % minuteMs;
  return instant(now + budgetMs - (sinceMinute < latenessMax ? sinceMinute : 0));
};

/** The longest that others go on for one that takes longer: well within what a function may take. */
const lastsMs = 15 * 60_000;

/** Every campaign that has not ended, once, side by side, each by one runner at a time. One that fails holds up no other. */
export const advanceCampaigns = (ports: RunPorts, limits: AdvanceLimits): AdvanceCampaigns => {
  const { campaigns, clock, deadline, pause } = ports;
  const run = runCampaign(ports, limits);
  return async () => {
    let until = endOf(clock.now(), limits);
    const lastsUntil = clock.now() + lastsMs;
    let late: ReadonlySet<string> | undefined;
    const ran = new Map<string, Ran>();
    const faults: { id: string; because: string }[] = [];
    const running = new Map<string, Promise<void>>();
    const begun = new Set<string>();
    const begin = (id: string): void => {
      const endsAt = until;
      const done = run(id, endsAt)
        .then((one) => void ran.set(id, one))
        .catch((error: unknown) => {
          const because = error instanceof Error ? error.message : String(error);
          faults.push({ id, because: because.slice(0, becauseLengthMax) });
        })
        .finally(() => {
          running.delete(id);
          if (clock.now() >= endsAt + limits.lookMs) begun.delete(id); // it took longer: it goes on at once
        });
      running.set(id, done);
      begun.add(id);
    };
    const beginNew = async (): Promise<void> => {
      const active = await deadline(timeoutMs, (signal) => campaigns.active(signal));
      for (const { campaign } of active) {
        const { id } = campaign.order;
        if (!begun.has(id) && isFree(campaign.runner, clock.now())) begin(id);
      }
    };
    await beginNew();
    while (running.size > 0) {
      await Promise.race([Promise.all(running.values()), pause(limits.lookMs)]);
      const now = clock.now();
      if (now >= until + limits.lookMs) {
        // One takes longer, to prepare or to end: the others go on meanwhile, and are not waited for in turn.
        late ??= new Set(running.keys());
        if (now < lastsUntil && [...late].some((id) => running.has(id))) {
          until = instant(now + limits.budgetMs);
          for (const id of begun) if (!running.has(id)) begun.delete(id);
        }
      }
      if (clock.now() < until) await beginNew();
    }
    return { ran: [...ran.values()], faults };
  };
};

const becauseLengthMax = 300;

const isFree = (runner: { readonly until: Instant } | undefined, now: Instant): boolean =>
  !runner || runner.until <= now;
