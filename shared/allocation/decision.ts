import type { HubHostName } from '../domain/hub.ts';
import { hubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';
import type { Allocation, Because } from './allocate.ts';
import type { Remembered } from './remember.ts';

/** What was answered, where that changed something: it is kept for a while beside the device's record. */
export type Decision = {
  readonly at: Instant;
  readonly scope: Scope;
  readonly deviceId: string;
  readonly from: HubHostName | undefined;
  readonly hub: HubHostName;
  readonly because: Because;
  readonly rules: readonly string[];
  /** undefined: it was recorded later, and is not known any more. */
  readonly policyVersion: number | undefined;
};

/** That a resident stays is no news: undefined. */
export const decisionOf = (
  { scope, deviceId, currentHub }: Remembered,
  { hub, because, rules }: Pick<Allocation, 'hub' | 'because' | 'rules'>,
  at: Instant,
  policyVersion: number | undefined,
): Decision | undefined =>
  because === 'resident' || because === 'never-reprovision'
    ? undefined
    : {
        at,
        scope,
        deviceId,
        from: currentHub,
        hub: hubHostName(hub),
        because,
        rules,
        policyVersion,
      };
