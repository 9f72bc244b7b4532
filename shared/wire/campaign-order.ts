import { z } from 'zod';
import type { CampaignLimits } from '../campaign/campaign-limits.ts';
import type { CampaignCommand } from '../campaign/command-campaign.ts';
import type { Approved, PlanAllows } from '../flows/approve-campaign.ts';
import { campaignLimitsText, toCampaignLimits } from './campaign-limits.ts';
import { reasonText } from './move-order.ts';
import { planIdPattern } from './plan-document.ts';
import { type Refusal, refuse } from './problem.ts';
import { readBody } from './read-body.ts';

export const planId = z.string().regex(planIdPattern, 'expected p- and 20 hexadecimal digits');
export const planHash = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hexadecimal digits');

/** `{ plan, reason, limits?, hash? }`: without the plan's hash it is a dry run. */
export const campaignOrder = z.strictObject({
  plan: planId,
  reason: reasonText,
  hash: planHash.optional(),
  limits: campaignLimitsText.default({}),
});

export type ParsedCampaignOrder = {
  readonly kind: 'ordered';
  readonly planId: string;
  readonly hash: string | undefined;
  readonly reason: string;
  readonly limits: (plan: PlanAllows) => CampaignLimits;
};

/** @param usual where the order says nothing. */
export const parseCampaignOrder = (
  text: string,
  usual: CampaignLimits,
): ParsedCampaignOrder | Refusal => {
  const read = readBody(campaignOrder, text);
  if (read.kind === 'refused') return read;
  const { plan, hash, reason, limits } = read.data;
  return { kind: 'ordered', planId: plan, hash, reason, limits: limitsFor(limits, usual) };
};

/** What a plan allows is what was planned by. */
export const limitsFor =
  (told: z.output<typeof campaignLimitsText>, usual: CampaignLimits) =>
  ({ limits }: PlanAllows): CampaignLimits => ({
    ...toCampaignLimits(told, usual),
    resetAllowed: limits.resetAllowed,
    unknownAllowed: limits.unknownAllowed,
  });

export const campaignCommands = ['pause', 'resume', 'stop', 'abort', 'rollback'] as const;

/** `{ reason, hash? }`: a rollback without its campaign's hash is a dry run. */
export const commandOrder = z.strictObject({ reason: reasonText, hash: planHash.optional() });

export type ParsedCommand = {
  readonly kind: 'command';
  readonly command: CampaignCommand;
  readonly reason: string;
  readonly hash: string | undefined;
};

export const parseCampaignCommand = (name: string, text: string): ParsedCommand | Refusal => {
  const command = campaignCommands.find((one) => one === name);
  if (!command) return refuse('unknown-route', []);
  const read = readBody(commandOrder, text);
  if (read.kind === 'refused') return read;
  return { kind: 'command', command, reason: read.data.reason, hash: read.data.hash };
};

export const refuseApproval = (
  outcome: Exclude<Approved, { readonly kind: 'approved' }>,
): Refusal => refuse(outcome.kind, [], detailOf(outcome));

const detailOf = (
  outcome: Exclude<Approved, { readonly kind: 'approved' }>,
): string | undefined => {
  if (outcome.kind === 'plan-under-way') return `by ${outcome.id}`;
  return outcome.kind === 'breaker-tripped' ? outcome.because : undefined;
};
