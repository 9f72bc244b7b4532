import type { Policy } from '../../domain/policy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Deadline } from '../../ports/deadline.ts';
import type { KeptPolicy, Policies, PolicyVersions } from '../../ports/policies.ts';
import { containers } from '../../wire/containers.ts';
import {
  parseVersionDocument,
  policyKind,
  toVersionDocument,
  versionId,
} from '../../wire/policy-version.ts';
import { type CosmosDatabase, statusOf } from './client.ts';
import { type SnapshotLimits, snapshotOf } from './snapshot.ts';

/** The newest version; that of the settings while there is none, and while the store has not been read. */
export const cosmosPolicies = (
  versions: PolicyVersions,
  seed: () => Policy,
  clock: Clock,
  deadline: Deadline,
  limits: SnapshotLimits,
  complain: (line: string) => void,
): Policies => {
  const { latest, known } = snapshotOf<Policy | undefined>(
    'policy',
    undefined,
    async (signal) => (await versions.newest(signal)).kept?.policy,
    { clock, deadline, complain },
    limits,
  );
  return {
    latest: () => latest() ?? seed(),
    known: async () => (await known()) ?? seed(),
  };
};

/** So many versions back the last good one is looked for. */
const lookedAtMax = 10;

type Stored = { readonly version: number };

const ifOurs = (document: unknown): KeptPolicy | undefined => {
  try {
    return parseVersionDocument(document);
  } catch {
    return undefined; // complained of, by its version
  }
};

/** All in one partition, so that the newest is found by one cheap query; a version is created once. */
export const cosmosPolicyVersions = (
  database: CosmosDatabase,
  complain: (line: string) => void,
): PolicyVersions => {
  const open = async () => (await database()).container(containers.policy.id);
  return {
    newest: async (abortSignal) => {
      const { items } = await open();
      const query = `SELECT TOP ${lookedAtMax} * FROM c ORDER BY c.version DESC`;
      const options = { partitionKey: policyKind, abortSignal };
      const { resources } = await items.query<Stored>(query, options).fetchAll();
      const [highest] = resources;
      if (!highest) return { version: 0, kept: undefined };
      const readable = resources.map(ifOurs).find((kept) => kept !== undefined);
      if (readable?.policy.version !== highest.version)
        complain(JSON.stringify({ event: 'policy-unreadable', version: highest.version }));
      return { version: highest.version, kept: readable };
    },
    read: async (version, abortSignal) => {
      const container = await open();
      const item = container.item(versionId(version), policyKind);
      const { resource } = await item.read({ abortSignal });
      return resource === undefined ? undefined : ifOurs(resource);
    },
    put: async (kept, abortSignal) => {
      const { items } = await open();
      try {
        await items.create(toVersionDocument(kept), { abortSignal });
        return 'written';
      } catch (error) {
        if (statusOf(error) === 409) return 'superseded';
        throw new Error(`Cosmos DB did not write ${containers.policy.id}`, { cause: error });
      }
    },
  };
};
