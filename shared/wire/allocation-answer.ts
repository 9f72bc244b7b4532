import type { AllocationDecision } from '../flows/allocate-device.ts';
import type { AllocationRequest } from '../ports/late-decisions.ts';
import type { HttpAnswer, Refusal } from './problem.ts';

/** A scope that is none of ours may be anything. */
const scopeLoggedMax = 32;

/**
 * `{ iotHubHostName }`, with 200. [A8] No initialTwin goes with it: DPS then takes the enrollment's where one applies, and
 * a re-registration under migrate keeps the device's own.
 */
export const toAllocationResponse = ({ hub }: AllocationDecision): HttpAnswer => ({
  status: 200,
  jsonBody: { iotHubHostName: hub },
});

/** The one log line of a decision: what was asked, what was answered and why. No key, attestation or payload is in it. */
export const toDecisionLine = (
  { scope, registrationId: device, enrollment, currentHub, requestId }: AllocationRequest,
  { hub, because, standing, degraded, snapshotAgeMs, storeFault }: AllocationDecision,
): string =>
  JSON.stringify({
    event: 'allocated',
    scope,
    registrationId: device,
    [enrollment.kind === 'group' ? 'enrollmentGroupId' : 'individualEnrollmentId']: enrollment.id,
    from: currentHub ?? null,
    hub,
    because,
    standing,
    degraded,
    snapshotAgeMs,
    ...(requestId === undefined ? {} : { requestId }),
    ...(storeFault === undefined ? {} : { storeFault }),
  });

/** The one log line of a refusal. */
export const toRefusalLine = (
  scope: string,
  { because, errors, registrationId: device }: Refusal,
): string =>
  JSON.stringify({
    event: 'allocation-refused',
    scope: scope.slice(0, scopeLoggedMax),
    ...(device === undefined ? {} : { registrationId: device }),
    because,
    errors,
  });
