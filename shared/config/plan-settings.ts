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

/** A bad one switches planning and campaigns off; moves and the webhook go on. */
export const planSettings = z.object({
  REHOME_DIAL: z
    .enum(['off', 'observe', 'propose', 'canary', 'auto'])
    .default('propose')
    .describe(
      'what `rebalance` may do by itself: `off` · `observe`: say so · `propose`: ask for a plan, which moves nobody · `canary`, `auto`: [carry it out](campaigns.md#what-makes-rehome-act)',
    ),
  REHOME_IMBALANCE_PERCENT: z.coerce
    .number()
    .min(0)
    .max(1_000)
    .default(10)
    .describe('how uneven the hubs must be, before anybody is moved for balance’s sake; and'),
  REHOME_IMBALANCE_COUNT: z.coerce
    .number()
    .int()
    .min(0)
    .default(100)
    .describe('by how many devices: both must be passed'),
  REHOME_PLAN_SLACK_PERCENT: percent
    .default(2)
    .describe('how far past its fair share a plan leaves a hub'),
  REHOME_HEADROOM_PERCENT: percent
    .default(0)
    .describe('how much of what a hub may hold plans keep free'),
  REHOME_COOLDOWN_HOURS: z.coerce
    .number()
    .min(0)
    .max(8_760)
    .default(168)
    .describe('how long a device is left in peace after a move'),
  REHOME_CHURN_PERCENT: percent
    .default(5)
    .describe('moves of a plan that `rebalance` proposes, of the fleet'),
  REHOME_LOAD_LABEL: z
    .string()
    .max(32)
    .optional()
    .describe('the label that says what a device counts for, 1 to 1,000; without it each counts 1'),
  REHOME_REGISTRATIONS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_000)
    .describe('what the DPS takes'),
  REHOME_ORGANIC_PERCENT: z.coerce
    .number()
    .min(0)
    .max(95)
    .default(20)
    .describe('what of every quota is left to the fleet'),
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
    .transform((prices) => prices ?? undefined)
    .describe(
      'JSON: `{ "currency", "perThousandRegistrations", "perMillionRequestUnits" }`; without it plans name no cost',
    ),
  REHOME_INVENTORY_HOURS: z.coerce
    .number()
    .min(0)
    .max(8_760)
    .default(24)
    .describe('from one inventory of the fleet to the next; 0: none'),
  REHOME_INVENTORY_PERCENT: z.coerce
    .number()
    .min(1)
    .max(100)
    .default(50)
    .describe('what an inventory may take of the quotas'),
});
