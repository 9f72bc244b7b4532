import { createHash } from 'node:crypto';
import { z } from 'zod';
import { reasons } from '../allocation/allocate.ts';
import type { Decision } from '../allocation/decision.ts';
import type { DeviceKey } from '../domain/device.ts';
import { hubHostName } from '../domain/hub.ts';
import { instant } from '../domain/instant.ts';
import type { DecisionView } from './api/decisions.ts';
import { toIso } from './device-contract.ts';
import { scope } from './move-document.ts';

const host = z.string().transform(hubHostName);

/** Thirty days: who asks later has the audit stream. */
const ttlSeconds = 30 * 24 * 3_600;

/** A decision, in the container of the devices and in its device's slice, so that both are written as one. */
const decisionDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  slice: z.string(),
  scope,
  deviceId: z.string(),
  /** The scope once more, for the index: of no other document. */
  decidedIn: z.string(),
  decidedAt: z.number().transform(instant),
  from: host.optional(),
  answer: z.object({
    hub: host,
    because: z.enum(reasons),
    rules: z.array(z.string()),
    policyVersion: z.int().optional(),
  }),
  /** Seconds. */
  ttl: z.int(),
});
export type DecisionDocument = z.input<typeof decisionDocument>;

export const toDecisionDocument = (
  { id, slice }: DeviceKey,
  { at, from, scope: of, deviceId, hub, because, rules, policyVersion }: Decision,
): DecisionDocument => ({
  schemaVersion: 1,
  // Told twice, it is one.
  id: `d-${createHash('sha256').update(`${id} ${at}`).digest('hex').slice(0, 20)}`,
  slice,
  scope: of,
  deviceId,
  decidedIn: of,
  decidedAt: at,
  ...(from === undefined ? {} : { from }),
  answer: {
    hub,
    because,
    rules: [...rules],
    ...(policyVersion === undefined ? {} : { policyVersion }),
  },
  ttl: ttlSeconds,
});

/** @throws ZodError when it is none of ours. */
export const parseDecisionDocument = (json: unknown): Decision => {
  const { decidedAt, scope: of, deviceId, from, answer } = decisionDocument.parse(json);
  const { hub, because, rules, policyVersion } = answer;
  return { at: decidedAt, scope: of, deviceId, from, hub, because, rules, policyVersion };
};

export const toDecisionView = (decision: Decision): DecisionView => ({
  at: toIso(decision.at),
  deviceId: decision.deviceId,
  from: decision.from ?? null,
  hub: decision.hub,
  because: decision.because,
  rules: decision.rules,
  policy: decision.policyVersion ?? null,
});
