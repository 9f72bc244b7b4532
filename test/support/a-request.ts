import type { Enrollment } from '../../shared/domain/enrollment.ts';
import { parseScope, type Scope } from '../../shared/domain/scope.ts';
import type { AllocationRequest } from '../../shared/ports/late-decisions.ts';
import { aQuestion } from './a-question.ts';

export const main = parseScope('main') as Scope;

export const anEnrollment = (but: Partial<Enrollment> = {}): Enrollment => ({
  kind: 'group',
  id: 'fleet',
  reprovision: 'migrate',
  hubs: undefined,
  linked: undefined,
  etag: '"1"',
  ...but,
});

/** A newcomer of a group, but for what is said. */
export const aRequest = (
  said: Parameters<typeof aQuestion>[0],
  but: Partial<AllocationRequest> = {},
): AllocationRequest => ({
  ...aQuestion(said),
  scope: main,
  deviceId: said.device ?? 'device-1',
  enrollment: anEnrollment(),
  requestId: undefined,
  ...but,
});
