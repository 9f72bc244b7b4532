import { z } from 'zod';
import { reasons } from '../allocation/allocate.ts';
import { registrationId } from '../domain/device.ts';
import { hubHostName } from '../domain/hub.ts';
import { instant } from '../domain/instant.ts';
import { parseScope, type Scope } from '../domain/scope.ts';
import type { LateDecision } from '../ports/late-decisions.ts';
import { enrollment } from './enrollment-document.ts';

/** A decision that waits in an Event Hub until it can be recorded. No payload goes with it. */
const hub = z.string().transform(hubHostName);

const lateDecision = z.object({
  schemaVersion: z.literal(1),
  scope: z.string().refine((text) => parseScope(text) !== undefined, 'not a scope'),
  registrationId: z.string().transform(registrationId),
  deviceId: z.string(),
  currentHub: hub.optional(),
  enrollment,
  hub: z.string(),
  because: z.enum(reasons),
  rules: z.array(z.string()),
  decidedAt: z.number().transform(instant),
});

export const toLateDecisionDocument = ({ asked, allocation, decidedAt }: LateDecision) => ({
  schemaVersion: 1 as const,
  scope: asked.scope,
  registrationId: asked.registrationId,
  deviceId: asked.deviceId,
  currentHub: asked.currentHub,
  enrollment: asked.enrollment,
  hub: allocation.hub,
  because: allocation.because,
  rules: allocation.rules,
  decidedAt,
});

export type ParsedLateDecision =
  | { readonly kind: 'late'; readonly late: LateDecision }
  | { readonly kind: 'unparsable'; readonly because: string };

export const parseLateDecision = (json: unknown): ParsedLateDecision => {
  const read = lateDecision.safeParse(json);
  if (!read.success) {
    const told = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return { kind: 'unparsable', because: told.join('; ') };
  }
  const { scope, currentHub, hub: answered, because, rules, decidedAt, ...rest } = read.data;
  const { registrationId: registered, deviceId } = rest;
  const asked = {
    scope: scope as Scope,
    registrationId: registered,
    deviceId,
    currentHub,
    enrollment: rest.enrollment,
  };
  return {
    kind: 'late',
    late: { asked, allocation: { hub: answered, because, rules }, decidedAt },
  };
};
