import type { RegistrationId } from '../domain/device.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import type { HubHostName } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';

/** What a DPS keeps of a device that registered. */
export type ProvisioningRecord = {
  readonly registrationId: RegistrationId;
  readonly deviceId: string;
  readonly assigned: { readonly hub: HubHostName; readonly at: Instant };
};

export type PageOf<One> = {
  readonly found: readonly One[];
  /** Rows that are not what they should be: they must not hide the others. */
  readonly unreadable: number;
  readonly after: string | undefined;
};

/** The service API of the DPS instances, in pages. One that gives no answer throws: whoever asked asks again later. */
export type ProvisioningRecords = {
  readonly groups: (scope: Scope, after: string | undefined) => Promise<PageOf<Enrollment>>;
  /** With what each has registered, where it has. */
  readonly individuals: (
    scope: Scope,
    after: string | undefined,
  ) => Promise<
    PageOf<{ readonly enrollment: Enrollment; readonly record: ProvisioningRecord | undefined }>
  >;
  /** Devices that registered by that group; `gone` where there is no such group any more. */
  readonly ofGroup: (
    scope: Scope,
    groupId: string,
    after: string | undefined,
  ) => Promise<PageOf<ProvisioningRecord> | 'gone'>;
};
