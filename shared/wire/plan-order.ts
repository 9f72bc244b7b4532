import { z } from 'zod';
import { hubHostName } from '../domain/hub.ts';
import { type Goal, goalKinds, type PlanLimits } from '../planning/goal.ts';
import { reasonText } from './move-order.ts';
import { type Refusal, refuse } from './problem.ts';
import { readBody } from './read-body.ts';

/** What a person may name in one plan. */
const namedMax = 100;

export const planLimitsText = z
  .strictObject({
    cooldownHours: z.number().min(0).max(8_760).optional(),
    allowReset: z.boolean().optional(),
    allowUnknown: z.boolean().optional(),
    slackPercent: z.number().min(0).max(100).optional(),
    imbalancePercent: z.number().min(0).max(1_000).optional(),
    imbalanceCount: z.int().min(0).optional(),
    headroomPercent: z.number().min(0).max(100).optional(),
    movesMax: z.int().min(1).optional(),
    groupLabel: z.string().min(1).max(32).optional(),
    groupMovesMax: z.int().min(1).optional(),
  })
  .refine(
    ({ groupLabel, groupMovesMax }) => (groupLabel === undefined) === (groupMovesMax === undefined),
    { path: ['groupMovesMax'], message: 'groupLabel and groupMovesMax go together' },
  );

/** `{ goal: 'drain', hub, reason, limits?: { cooldownHours, allowUnknown, … } }` */
export const planOrder = z.strictObject({
  goal: z.enum(goalKinds),
  hub: z.hostname().transform(hubHostName).optional(),
  devices: z.array(z.string().min(1).max(128)).min(1).max(namedMax).optional(),
  reason: reasonText,
  limits: planLimitsText.default({}),
});

export type ParsedPlanOrder = {
  readonly kind: 'ordered';
  readonly goal: Goal;
  readonly limits: PlanLimits;
  readonly reason: string;
};

/** @param usual where the order says nothing. */
export const parsePlanOrder = (text: string, usual: PlanLimits): ParsedPlanOrder | Refusal => {
  const read = readBody(planOrder, text);
  if (read.kind === 'refused') return read;
  const { reason, limits } = read.data;
  const goal = goalOf(read.data);
  if ('because' in goal) return goal;
  return { kind: 'ordered', goal, reason, limits: toPlanLimits(limits, goal.kind, usual) };
};

/** @param usual where nothing is said. */
export const toPlanLimits = (
  limits: z.output<typeof planLimitsText>,
  kind: Goal['kind'],
  usual: PlanLimits,
): PlanLimits => {
  const { groupLabel, groupMovesMax, cooldownHours, allowReset, allowUnknown, ...told } = limits;
  return {
    ...usual,
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
    cooldownMs: cooldownHours === undefined ? usual.cooldownMs : cooldownHours * 3_600_000,
    resetAllowed: allowReset ?? usual.resetAllowed,
    unknownAllowed: allowUnknown ?? (kind === 'evacuate' || usual.unknownAllowed),
    groupMax:
      groupLabel === undefined || groupMovesMax === undefined
        ? usual.groupMax
        : { label: groupLabel, moves: groupMovesMax },
  };
};

const goalOf = ({ goal: kind, hub, devices }: z.output<typeof planOrder>): Goal | Refusal => {
  switch (kind) {
    case 'drain':
    case 'evacuate':
    case 'fill':
      if (hub === undefined || devices) return expected(kind, 'hub', devices && 'devices');
      return { kind, hub };
    case 'quarantine':
    case 'return':
      if (!devices || hub !== undefined) return expected(kind, 'devices', hub && 'hub');
      return { kind, devices };
    default:
      if (hub !== undefined || devices) return expected(kind, undefined, hub ? 'hub' : 'devices');
      return { kind };
  }
};

const expected = (
  kind: Goal['kind'],
  wanted: string | undefined,
  unwanted: string | undefined,
): Refusal =>
  unwanted === undefined
    ? refuse('bad-request', [{ field: wanted ?? 'goal', detail: `${kind} needs it` }])
    : refuse('bad-request', [{ field: unwanted, detail: `${kind} takes none` }]);
