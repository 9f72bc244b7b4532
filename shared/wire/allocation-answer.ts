import type { AllocationDecision } from '../flows/allocate-device.ts';
import type { HttpAnswer, Refusal } from './problem.ts';

/** A scope that is none of ours may be anything. */
const scopeLoggedMax = 32;

/**
 * `{ iotHubHostName, initialTwin? }`, with 200. [A8] Where no rule gives an initialTwin, DPS takes the enrollment's; a re-registration
 * under migrate keeps the device's own.
 */
export const toAllocationResponse = ({ hub, initialTwin }: AllocationDecision): HttpAnswer => ({
  status: 200,
  jsonBody: { iotHubHostName: hub, ...(initialTwin ? { initialTwin } : {}) },
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
