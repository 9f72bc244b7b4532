import type { TokenCredential } from '@azure/identity';
import type { ProvisioningServiceClient } from 'azure-iot-provisioning-service';
import type { Scope } from '../../domain/scope.ts';
import type { Deadline } from '../../ports/deadline.ts';
import type { Registrations } from '../../ports/registrations.ts';

/** How a scope's DPS is entered: by a connection string, or by its host name and the app's own identity. */
export type DpsAccess = {
  readonly connectionString: string | undefined;
  readonly hostName: string | undefined;
};

type Credential = () => Promise<TokenCredential>;

/** By the genuine service SDK, one client for each scope, made when it is first used. A scope that is not told of is silent. */
export const dpsRegistrations = (
  access: ReadonlyMap<Scope, DpsAccess>,
  credential: Credential,
  deadline: Deadline,
  timeoutMs: number,
): Registrations => {
  const made = new Map<Scope, Promise<ProvisioningServiceClient | undefined>>();
  const clientOf = (scope: Scope) => {
    const known = made.get(scope) ?? make(access.get(scope), credential);
    made.set(scope, known);
    known.catch(() => made.delete(scope));
    return known;
  };
  return {
    find: async (scope, device) => {
      try {
        const client = await clientOf(scope);
        if (!client) return 'silent';
        await deadline(timeoutMs, () => client.getDeviceRegistrationState(device));
        return 'found';
      } catch (error) {
        return statusOf(error) === 404 ? 'absent' : 'silent';
      }
    },
  };
};

const make = async (
  { connectionString, hostName }: Partial<DpsAccess> = {},
  credential: Credential,
): Promise<ProvisioningServiceClient | undefined> => {
  if (connectionString === undefined && hostName === undefined) return undefined;
  const { default: sdk } = await import('azure-iot-provisioning-service');
  return connectionString === undefined
    ? sdk.ProvisioningServiceClient.fromTokenCredential(hostName ?? '', await credential())
    : sdk.ProvisioningServiceClient.fromConnectionString(connectionString);
};

const statusOf = (error: unknown): number | undefined =>
  (error as { readonly response?: { readonly statusCode?: number } }).response?.statusCode;
