import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type Allocation,
  type AllocationQuestion,
  allocate,
  allocateUnknown,
} from '../allocation/allocate.ts';
import { type HubExplained, judgeAll } from '../allocation/explain.ts';
import type { Registration } from '../allocation/registration.ts';
import { rosterOf } from '../allocation/roster.ts';
import { registrationId } from '../domain/device.ts';
import { type HubHostName, hubHostName } from '../domain/hub.ts';
import { type HubTable, hubTable } from '../domain/hub-table.ts';
import { instant } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import type { Scope } from '../domain/scope.ts';
import type { AllocationDecision } from '../flows/allocate-device.ts';
import { parseHubDocument, toHubDocument } from './hub-document.ts';

/**
 * The log's account of decisions. A `hub-table` line tells what a snapshot held, once for each process; an `allocated` line tells what
 * was asked, by which snapshot and version of the policy it was decided, and what was answered. Together they give the answer again. No
 * key, attestation or payload is in them: of the payload only which rules it made apply.
 */
export const decisionLog = () => {
  let kept: { readonly table: HubTable; readonly id: string } | undefined;
  /** The lines of one decision: one, or two where the snapshot is a new one. */
  return (registration: Registration, decision: AllocationDecision): readonly string[] => {
    const { table, slackPercent } = decision.roster;
    if (kept?.table === table) return [toDecisionLine(registration, decision, kept.id)];
    const told = toTable(table);
    const id = createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 12);
    const isNew = kept?.id !== id;
    kept = { table, id };
    const line = toDecisionLine(registration, decision, id);
    return isNew
      ? [JSON.stringify({ event: 'hub-table', id, slackPercent, ...told }), line]
      : [line];
  };
};

const toTable = ({ takenAt, hubs, intakes }: HubTable) => ({
  takenAt,
  hubs: [...hubs.values()].map(toHubDocument),
  intakes: Object.fromEntries(intakes),
});

const toDecisionLine = (
  { enrollment, requestId }: Registration,
  { question, roster, hub, because, standing, degraded, rules, move, ...told }: AllocationDecision,
  table: string,
): string => {
  const { currentHub, facts } = question;
  const stays = because === 'resident' || because === 'never-reprovision';
  const { kind, id } = enrollment;
  return JSON.stringify({
    event: 'allocated',
    scope: facts.scope,
    registrationId: question.registrationId,
    [kind === 'group' ? 'enrollmentGroupId' : 'individualEnrollmentId']: id,
    requestId,
    moveId: move?.id,
    campaignId: move?.campaignId,
    from: currentHub ?? null,
    hub,
    because,
    standing,
    degraded,
    rules: stays ? undefined : rules,
    policy: roster.policy.version,
    table,
    tookMs: told.tookMs,
    snapshotAgeMs: told.snapshotAgeMs,
    asked: toAsked(question, stays ? [hub] : question.linkedHubs),
    against: stays ? undefined : againstOf(judgeAll(question, roster)),
    storeFault: told.storeFault,
    policyFault: told.policyFault,
  });
};

/** To a resident's answer the other hubs are no matter. */
const toAsked = (question: AllocationQuestion, linkedHubs: readonly string[]) => ({
  linkedHubs,
  reprovision: question.reprovision,
  triedInVain: question.triedInVain.size > 0 ? [...question.triedInVain] : undefined,
  released: question.released,
  isQuarantined: question.isQuarantined ? true : undefined,
  region: question.facts.region,
  latencies:
    question.facts.latencies.size > 0 ? Object.fromEntries(question.facts.latencies) : undefined,
});

/** Of each hub what speaks against it: a hub that is not named has every decider's yes. */
const againstOf = (hubs: readonly HubExplained[]) =>
  Object.fromEntries(
    hubs.flatMap(({ hub, verdicts }) => {
      const against = verdicts.filter(({ says }) => says !== 'yes');
      const told = against.map(({ decider, says, because }) => [decider, `${says}: ${because}`]);
      return told.length > 0 ? [[hub, Object.fromEntries(told)]] : [];
    }),
  );

const tableLine = z.object({
  event: z.literal('hub-table'),
  id: z.string(),
  slackPercent: z.number(),
  takenAt: z.number().transform(instant),
  hubs: z.array(z.unknown()).transform((hubs) => hubs.map(parseHubDocument)),
  intakes: z.record(
    z.string(),
    z.object({
      answeredPerMinute: z.number(),
      confirmed: z.number(),
      inVain: z.number(),
      arrived: z.number(),
    }),
  ),
});

const host = z.string().transform(hubHostName);

const decisionLine = z.object({
  event: z.literal('allocated'),
  scope: z.string(),
  registrationId: z.string().transform(registrationId),
  enrollmentGroupId: z.string().optional(),
  individualEnrollmentId: z.string().optional(),
  from: host.nullable(),
  hub: z.string(),
  because: z.string(),
  standing: z.string(),
  rules: z.array(z.string()).default([]),
  policy: z.int(),
  table: z.string(),
  asked: z.object({
    linkedHubs: z.array(z.string()),
    reprovision: z.enum(['migrate', 'reset', 'never']),
    triedInVain: z.array(host).default([]),
    released: host.optional(),
    isQuarantined: z.boolean().default(false),
    region: z.string().optional(),
    latencies: z.record(z.string(), z.number()).default({}),
  }),
  storeFault: z.string().optional(),
});
export type DecisionLine = z.output<typeof decisionLine>;

/** A snapshot as the log tells it. */
export type ToldTable = {
  readonly id: string;
  readonly slackPercent: number;
  readonly table: HubTable;
};

/** A line of the log, where it is one of these; undefined where it is another. */
export const parseDecisionLog = (json: unknown): ToldTable | DecisionLine | undefined => {
  const told = tableLine.safeParse(json);
  if (!told.success) return decisionLine.safeParse(json).data;
  const { id, slackPercent, takenAt, hubs, intakes } = told.data;
  const byHub = new Map(
    Object.entries(intakes).map(([name, counted]) => [name as HubHostName, counted]),
  );
  const table = { ...hubTable(hubs, takenAt), intakes: byHub };
  return { id, slackPercent, table };
};

/** The decision again, from what the log tells of it. */
export const replay = (line: DecisionLine, told: ToldTable, policy: Policy): Allocation => {
  const { asked, from } = line;
  const { enrollmentGroupId: group, individualEnrollmentId: individual = '' } = line;
  const question: AllocationQuestion = {
    registrationId: line.registrationId,
    linkedHubs: asked.linkedHubs,
    currentHub: from ?? undefined,
    reprovision: asked.reprovision,
    facts: {
      scope: line.scope as Scope,
      enrollment:
        group === undefined ? { kind: 'individual', id: individual } : { kind: 'group', id: group },
      registrationId: line.registrationId,
      labels: {},
      payload: undefined,
      region: asked.region,
      latencies: new Map(Object.entries(asked.latencies)),
      applied: line.rules,
    },
    triedInVain: new Set(asked.triedInVain),
    released: asked.released,
    isQuarantined: asked.isQuarantined,
  };
  const roster = rosterOf(told.table, policy, told.slackPercent);
  return line.storeFault === undefined
    ? allocate(question, roster)
    : allocateUnknown(question, roster);
};
