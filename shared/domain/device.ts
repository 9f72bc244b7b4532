import type { Brand } from './brand.ts';

/** What a device calls itself at DPS, folded to lower case: DPS ignores its case, as hubs do not ignore a deviceId's. */
export type RegistrationId = Brand<string, 'RegistrationId'>;

export const registrationId = (spelled: string): RegistrationId =>
  spelled.toLowerCase() as RegistrationId;

/**
 * The longest registration id that DPS takes.
 * @see https://learn.microsoft.com/azure/iot-dps/concepts-service#registration-id
 */
export const registrationIdLengthMax = 128;
