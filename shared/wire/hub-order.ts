import { z } from 'zod';
import { hubCapacityMax, hubStates, hubWeightMax } from '../domain/hub.ts';
import type { HubChange } from '../flows/manage-hubs.ts';
import { reasonText } from './move-order.ts';
import { type Refusal, refuse } from './problem.ts';
import { readBody } from './read-body.ts';

/** `{ reason, state?, weight?, capacity?, … }`: what is left out stays. */
export const hubOrder = z.strictObject({
  reason: reasonText,
  /** A hub is drained by a campaign. */
  state: z.enum(hubStates).exclude(['draining']).optional(),
  weight: z.int().min(1).max(hubWeightMax).optional(),
  capacity: z.int().min(1).max(hubCapacityMax).optional(),
  tier: z
    .string()
    .regex(/^(F1|[BS][123])$/, 'expected F1, B1 to B3, or S1 to S3')
    .optional(),
  units: z.int().min(1).max(200).optional(),
  region: z
    .string()
    .regex(/^[a-z0-9]{1,64}$/, "expected Azure's name of a region, as westeurope")
    .optional(),
  intakePerMinuteMax: z.int().min(1).optional(),
  /** null: nothing is wrong with it, whatever Azure said until now. */
  trouble: z.null().optional(),
});

export type ParsedHubOrder = {
  readonly kind: 'ordered';
  readonly change: HubChange;
  readonly reason: string;
};

export const parseHubOrder = (text: string): ParsedHubOrder | Refusal => {
  const read = readBody(hubOrder, text);
  if (read.kind === 'refused') return read;
  const { reason, ...change } = read.data;
  return Object.values(change).some((value) => value !== undefined)
    ? { kind: 'ordered', change, reason }
    : refuse('bad-request', [{ field: 'body', detail: 'it changes nothing' }]);
};
