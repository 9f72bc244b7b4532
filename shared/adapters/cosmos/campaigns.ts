import { type Breaker, closedBreaker } from '../../campaign/breaker.ts';
import { type Valves, valveOf } from '../../campaign/valve.ts';
import type {
  Breakers,
  Campaigns,
  KeptCampaign,
  KeptProgress,
  Purses,
  Shared,
  ValvesNow,
} from '../../ports/campaigns.ts';
import type { Causes } from '../../ports/causes.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Deadline } from '../../ports/deadline.ts';
import {
  campaignKind,
  campaignPageId,
  parseBreaker,
  parseCampaignDocument,
  parseCauses,
  parseMovesDocument,
  parseProgressDocument,
  parsePurse,
  sharedKind,
  toCampaignDocument,
  toMovesDocument,
  toProgressDocument,
  toSharedDocument,
} from '../../wire/campaign-document.ts';
import { containers } from '../../wire/containers.ts';
import { type CosmosDatabase, statusOf } from './client.ts';
import { type SnapshotLimits, snapshotOf } from './snapshot.ts';

const supersededStatuses: readonly (number | undefined)[] = [404, 409, 412, 449];

type Kind = { readonly kind: string; readonly id: string };

const opened = (database: CosmosDatabase) => async () =>
  (await database()).container(containers.campaigns.id);

/** Creates a document, or replaces that version of it; answers the version that it has then. */
const put = async (
  database: CosmosDatabase,
  document: Kind,
  version: string | undefined,
  abortSignal: AbortSignal,
): Promise<{ readonly version: string } | 'superseded'> => {
  const container = await opened(database)();
  try {
    const { etag } =
      version === undefined
        ? await container.items.create(document, { abortSignal })
        : await container.item(document.id, document.kind).replace(document, {
            abortSignal,
            accessCondition: { type: 'IfMatch', condition: version },
          });
    return { version: etag };
  } catch (error) {
    if (supersededStatuses.includes(statusOf(error))) return 'superseded';
    throw new Error(`Cosmos DB did not write ${containers.campaigns.id}`, { cause: error });
  }
};

/** The campaigns in one partition, so that those under way are found by one cheap query; the pages of each in one of its own. */
export const cosmosCampaigns = (database: CosmosDatabase): Campaigns => {
  const open = opened(database);
  const get = async (kind: string, id: string, abortSignal: AbortSignal) => {
    const { resource, etag } = await (await open()).item(id, kind).read({ abortSignal });
    return resource === undefined ? undefined : { resource, version: etag };
  };
  const found = async (
    query: string,
    partitionKey: string,
    abortSignal: AbortSignal,
  ): Promise<readonly { readonly _etag: string }[]> => {
    const { items } = await open();
    const parameters = [{ name: '@yes', value: 1 }];
    const options = { partitionKey, abortSignal };
    return (await items.query<{ _etag: string }>({ query, parameters }, options).fetchAll())
      .resources;
  };
  const kept = (one: { readonly _etag: string }): KeptCampaign => ({
    campaign: parseCampaignDocument(one),
    version: one._etag,
  });
  return {
    create: async (campaign, signal) => {
      const outcome = await put(database, toCampaignDocument(campaign), undefined, signal);
      return outcome === 'superseded' ? 'exists' : 'created';
    },
    read: async (id, signal) => {
      const read = await get(campaignKind, id, signal);
      return read && { campaign: parseCampaignDocument(read.resource), version: read.version };
    },
    write: (campaign, version, signal) =>
      put(database, toCampaignDocument(campaign), version, signal),
    active: async (signal) => (await found(activeOnes, campaignKind, signal)).map(kept),
    recent: async (countMax, signal) => {
      const query = `SELECT TOP ${countMax} * FROM c ORDER BY c.begunAt DESC`;
      return (await found(query, campaignKind, signal)).map(kept);
    },
    putPage: async (id, number, rows, signal) => {
      await put(database, toMovesDocument(id, number, rows), undefined, signal);
    },
    readPage: async (id, number, signal) => {
      const read = await get(id, campaignPageId('moves', number), signal);
      return read && parseMovesDocument(read.resource);
    },
    readProgress: async (id, number, signal) => {
      const read = await get(id, campaignPageId('progress', number), signal);
      return (
        read && { progress: parseProgressDocument(read.resource).progress, version: read.version }
      );
    },
    allProgress: async (id, signal) =>
      new Map(
        (await found(allProgress, id, signal)).map((one): [number, KeptProgress] => {
          const { number, progress } = parseProgressDocument(one);
          return [number, { progress, version: one._etag }];
        }),
      ),
    writeProgress: (id, number, progress, version, signal) =>
      put(database, toProgressDocument(id, number, progress), version, signal),
  };
};

const activeOnes = 'SELECT * FROM c WHERE c.isActive = @yes';
const allProgress = 'SELECT * FROM c WHERE c.isProgress = @yes';

const shared = <Value extends object>(
  database: CosmosDatabase,
  id: string,
  none: Value,
  parse: (document: unknown) => Value,
): Shared<Value> => ({
  read: async (abortSignal) => {
    const item = (await opened(database)()).item(id, sharedKind);
    const { resource, etag } = await item.read({ abortSignal });
    return resource === undefined
      ? { value: none, version: undefined }
      : { value: parse(resource), version: etag };
  },
  write: async (value, version, signal) => {
    const outcome = await put(database, toSharedDocument(id, value), version, signal);
    return outcome === 'superseded' ? outcome : 'written';
  },
});

export const cosmosPurses = (database: CosmosDatabase): Purses =>
  shared(database, 'purse', { purse: {}, factors: {} }, parsePurse);

export const cosmosBreakers = (database: CosmosDatabase): Breakers =>
  shared<Breaker>(database, 'breaker', closedBreaker, parseBreaker);

export const cosmosCauses = (database: CosmosDatabase): Causes =>
  shared(database, 'causes', { relocate: {} }, parseCauses);

/** What the campaigns of the store let through. Until it has been read nothing of theirs is. */
export const cosmosValves = (
  campaigns: Campaigns,
  breakers: Breakers,
  clock: Clock,
  deadline: Deadline,
  limits: SnapshotLimits,
  complain: (line: string) => void,
): ValvesNow =>
  snapshotOf<Valves>(
    'valves',
    { byCampaign: new Map(), isBroken: false },
    async (signal) => {
      const [active, breaker] = await Promise.all([
        campaigns.active(signal),
        breakers.read(signal),
      ]);
      return {
        byCampaign: new Map(
          active.map(({ campaign }) => [campaign.order.id, valveOf(campaign)] as const),
        ),
        isBroken: breaker.value.tripped !== undefined,
      };
    },
    { clock, deadline, complain },
    limits,
  );
