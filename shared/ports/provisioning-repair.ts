import type { RegistrationId } from '../domain/device.ts';
import type { Enrollment, ReprovisionPolicy } from '../domain/enrollment.ts';
import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';

/** What DPS says of a device's last registration. `silent`: it could not be asked. */
export type RegistrationState =
  | { readonly kind: 'assigned' | 'failed'; readonly at: Instant }
  | { readonly kind: 'absent' | 'other' | 'silent' };

/** What helps where DPS cannot move devices off a dead hub. A fault throws. */
export type ProvisioningRepair = {
  readonly stateOf: (scope: Scope, device: RegistrationId) => Promise<RegistrationState>;
  /** Of all its devices, from their next registration on. */
  readonly setReprovision: (
    scope: Scope,
    enrollment: Pick<Enrollment, 'kind' | 'id'>,
    policy: Exclude<ReprovisionPolicy, 'never'>,
  ) => Promise<void>;
  /** The device is new then: what DPS kept of it is lost, and its old identity stays where it is. */
  readonly forget: (scope: Scope, device: RegistrationId) => Promise<void>;
};
