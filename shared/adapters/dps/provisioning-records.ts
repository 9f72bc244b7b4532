import { z } from 'zod';
import type { Scope } from '../../domain/scope.ts';
import type { Deadline } from '../../ports/deadline.ts';
import type { PageOf, ProvisioningRecords } from '../../ports/provisioning-records.ts';
import { parseGroup, parseIndividual, parseRegistration } from '../../wire/dps-record.ts';
import { type DpsClients, statusOf } from './clients.ts';

/** Each page is one operation of the DPS's quota. */
const pageSize = 500;

/** A query of the SDK. */
type Query = {
  readonly next: (token: string) => Promise<{ readonly responseBody: unknown }>;
  readonly continuationToken: string;
};

/** By the genuine service SDK. */
export const dpsProvisioningRecords = (
  clients: DpsClients,
  deadline: Deadline,
  timeoutMs: number,
): ProvisioningRecords => {
  const page = async <One>(
    scope: Scope,
    after: string | undefined,
    make: (client: NonNullable<Awaited<ReturnType<DpsClients>>>) => Query,
    parse: (json: unknown) => One | undefined,
  ): Promise<PageOf<One>> => {
    const client = await clients(scope);
    if (!client) throw new Error(`REHOME_DPS does not tell how to enter the DPS of ${scope}`);
    const query = make(client);
    // With its token by hand: the SDK's own promise never leaves the first page.
    const { responseBody } = await deadline(timeoutMs, () => query.next(after as string));
    const rows = z
      .array(z.unknown())
      .parse(responseBody)
      .map((row) => readable(row, parse));
    return {
      found: rows.flatMap((read) => ('row' in read && read.row !== undefined ? [read.row] : [])),
      unreadable: rows.filter((read) => !('row' in read)).length,
      after: query.continuationToken || undefined,
    };
  };
  return {
    groups: (scope, after) =>
      page(
        scope,
        after,
        (client) => client.createEnrollmentGroupQuery(all, pageSize) as Query,
        (row) => parseGroup(scope, row),
      ),
    individuals: (scope, after) =>
      page(
        scope,
        after,
        (client) => client.createIndividualEnrollmentQuery(all, pageSize) as Query,
        (row) => parseIndividual(scope, row),
      ),
    ofGroup: async (scope, groupId, after) => {
      try {
        return await page(
          scope,
          after,
          (client) =>
            client.createEnrollmentGroupDeviceRegistrationStateQuery(
              all,
              groupId,
              pageSize,
            ) as Query,
          parseRegistration,
        );
      } catch (error) {
        if (statusOf(error) === 404) return 'gone';
        throw error;
      }
    },
  };
};

const readable = <One>(
  json: unknown,
  parse: (json: unknown) => One | undefined,
): { readonly row: One | undefined } | { readonly fault: unknown } => {
  try {
    return { row: parse(json) };
  } catch (fault) {
    return { fault };
  }
};

/** A DPS has no WHERE. */
const all = { query: '*' };
