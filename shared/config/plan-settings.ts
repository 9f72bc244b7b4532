import { z } from 'zod';
import { json, readEnvironment } from './environment.ts';

/** What planning and the inventory need besides. */
export type PlanSettings = {
  /** How far Rehome goes by itself. */
  readonly dial: 'off' | 'observe' | 'propose' | 'canary' | 'auto';
  readonly imbalancePercent: number;
  readonly imbalanceCount: number;
  readonly slackPercent: number;
  readonly headroomPercent: number;
  readonly cooldownMs: number;
  /** Of the fleet, in one plan that Rehome proposes by itself. */
  readonly churnPercent: number;
  readonly loadLabel: string | undefined;
  readonly registrationsPerMinute: number;
  readonly organicPercent: number;
  readonly prices:
    | {
        readonly currency: string;
        readonly perThousandRegistrations: number;
        readonly perMillionRequestUnits: number;
      }
    | undefined;
  /** From one inventory to the next; 0: none. */
  readonly inventoryMs: number;
  /** What an inventory may take of the quotas of queries, and of the DPS's operations. */
  readonly inventoryPercent: number;
};

/**
 * Environment → PlanSettings. A bad one leaves the webhook and moves as they are.
 * @throws Error as `readEnvironment` does.
 */
export const readPlanSettings = (environment: NodeJS.ProcessEnv = process.env): PlanSettings => {
  const data = readEnvironment(planSettings, environment);
  return {
    dial: data.REHOME_DIAL,
    imbalancePercent: data.REHOME_IMBALANCE_PERCENT,
    imbalanceCount: data.REHOME_IMBALANCE_COUNT,
    slackPercent: data.REHOME_PLAN_SLACK_PERCENT,
    headroomPercent: data.REHOME_HEADROOM_PERCENT,
    cooldownMs: data.REHOME_COOLDOWN_HOURS * 3_600_000,
    churnPercent: data.REHOME_CHURN_PERCENT,
    loadLabel: data.REHOME_LOAD_LABEL,
    registrationsPerMinute: data.REHOME_REGISTRATIONS_PER_MINUTE,
    organicPercent: data.REHOME_ORGANIC_PERCENT,
    prices: data.REHOME_PRICES,
    inventoryMs: data.REHOME_INVENTORY_HOURS * 3_600_000,
    inventoryPercent: data.REHOME_INVENTORY_PERCENT,
  };
};

const percent = z.coerce.number().min(0).max(100);

const planSettings = z.object({
  REHOME_DIAL: z.enum(['off', 'observe', 'propose', 'canary', 'auto']).default('propose'),
  REHOME_IMBALANCE_PERCENT: z.coerce.number().min(0).max(1_000).default(10),
  REHOME_IMBALANCE_COUNT: z.coerce.number().int().min(0).default(100),
  REHOME_PLAN_SLACK_PERCENT: percent.default(2),
  REHOME_HEADROOM_PERCENT: percent.default(0),
  REHOME_COOLDOWN_HOURS: z.coerce.number().min(0).max(8_760).default(168),
  REHOME_CHURN_PERCENT: percent.default(5),
  REHOME_LOAD_LABEL: z.string().max(32).optional(),
  REHOME_REGISTRATIONS_PER_MINUTE: z.coerce.number().int().min(1).default(1_000),
  REHOME_ORGANIC_PERCENT: z.coerce.number().min(0).max(95).default(20),
  REHOME_PRICES: z
    .string()
    .optional()
    .transform((text) => text ?? 'null')
    .pipe(json)
    .pipe(
      z
        .strictObject({
          currency: z.string().min(1),
          perThousandRegistrations: z.number().min(0),
          perMillionRequestUnits: z.number().min(0),
        })
        .nullable(),
    )
    .transform((prices) => prices ?? undefined),
  REHOME_INVENTORY_HOURS: z.coerce.number().min(0).max(8_760).default(24),
  REHOME_INVENTORY_PERCENT: z.coerce.number().min(1).max(100).default(50),
});
