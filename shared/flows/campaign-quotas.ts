import type { Quotas } from '../campaign/charges.ts';
import { factorAfter, isIll } from '../campaign/signs.ts';
import { counted, countOf } from '../domain/count.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { Instant } from '../domain/instant.ts';
import { minuteOf } from '../domain/intake.ts';
import type { Scope } from '../domain/scope.ts';
import type { Factor, PurseKept, Purses } from '../ports/campaigns.ts';
import type { Deadline } from '../ports/deadline.ts';

/** What of the quotas campaigns may take, as it is set. */
export type QuotaLimits = {
  readonly registrationsPerMinute: number;
  readonly organicPercent: number;
};

type Ports = { readonly purses: Purses; readonly deadline: Deadline };

const timeoutMs = 5_000;
/** While devices wait for their own time, so much of the pace is theirs. */
const parkedShare = 0.1;
/** What instances count has come to everybody by then. */
const toldMinutes = 2;

/**
 * The quotas as they are now: less what the fleet registers by itself, as the webhooks counted it, and so much of the rest as the signs of
 * the last minutes let. The signs are judged once a minute, by whoever comes first.
 */
export const quotasNow = async (
  { purses, deadline }: Ports,
  limits: QuotaLimits,
  scope: Scope,
  { counts }: Pick<HubTable, 'counts'>,
  hasParked: boolean,
  now: Instant,
): Promise<Quotas> => {
  const minute = minuteOf(now) - toldMinutes;
  const { value, version } = await deadline(timeoutMs, (signal) => purses.read(signal));
  const kept = value.factors[scope] ?? { factor: 1, minute: 0 };
  const told = (name: string): number => counted(counts, name, minute - 1, minute);
  const next: Factor =
    kept.minute >= minute
      ? kept
      : {
          minute,
          factor: factorAfter(
            kept.factor,
            isIll({
              going: told(countOf.going(scope)),
              came: told(countOf.moving(scope)),
              throttled: told(countOf.overrun(scope)),
            }),
          ),
        };
  if (next !== kept && next.factor !== kept.factor) {
    const after: PurseKept = { ...value, factors: { ...value.factors, [scope]: next } };
    await deadline(timeoutMs, (signal) => purses.write(after, version, signal));
  }
  return {
    ...limits,
    organicPerMinute: told(countOf.organic(scope)) / 2,
    parkedShare: hasParked ? parkedShare : 0,
    factor: next.factor,
  };
};
