import type { RegistrationId } from '../domain/device.ts';
import type { Scope } from '../domain/scope.ts';

/** What the DPS instances know of a device. `silent`: it could not be asked. */
export type Registrations = {
  readonly find: (scope: Scope, device: RegistrationId) => Promise<'found' | 'absent' | 'silent'>;
};
