import type { TokenCredential } from '@azure/identity';
import type { ProvisioningServiceClient } from 'azure-iot-provisioning-service';
import type { Scope } from '../../domain/scope.ts';

/** How a scope's DPS is entered: by a connection string, or by its host name and the app's own identity. */
export type DpsAccess = {
  readonly connectionString: string | undefined;
  readonly hostName: string | undefined;
};

/** One client for each scope, made when it is first used; undefined for a scope that is not told of. */
export type DpsClients = (scope: Scope) => Promise<ProvisioningServiceClient | undefined>;

export const dpsClients = (
  access: ReadonlyMap<Scope, DpsAccess>,
  credential: () => Promise<TokenCredential>,
): DpsClients => {
  const made = new Map<Scope, Promise<ProvisioningServiceClient | undefined>>();
  return (scope) => {
    const known = made.get(scope) ?? make(access.get(scope), credential);
    made.set(scope, known);
    known.catch(() => made.delete(scope));
    return known;
  };
};

const make = async (
  { connectionString, hostName }: Partial<DpsAccess> = {},
  credential: () => Promise<TokenCredential>,
): Promise<ProvisioningServiceClient | undefined> => {
  if (connectionString === undefined && hostName === undefined) return undefined;
  const { default: sdk } = await import('azure-iot-provisioning-service');
  return connectionString === undefined
    ? sdk.ProvisioningServiceClient.fromTokenCredential(hostName ?? '', await credential())
    : sdk.ProvisioningServiceClient.fromConnectionString(connectionString);
};

/** The status of what the SDK threw; undefined when there was no answer. */
export const statusOf = (error: unknown): number | undefined =>
  (error as { readonly response?: { readonly statusCode?: number } }).response?.statusCode;
