/**
 * The Cosmos DB containers, as data: the local start makes them, and a deployment. Everything is kept out of the index but what is
 * queried. `/id` and the system properties need no index.
 */
export const databaseId = 'rehome';

const onlyIndexed = (...paths: readonly string[]) => ({
  indexingMode: 'consistent' as const,
  includedPaths: paths.map((path) => ({ path })),
  excludedPaths: [{ path: '/*' }],
});

/** Items live for ever, unless they say otherwise. */
const ttlByItem = -1;

export const containers = {
  /** The devices, and beside them their settled moves and what was decided of them: one batch writes what belongs together. */
  devices: {
    id: 'devices',
    partitionKey: { paths: ['/slice'] },
    indexingPolicy: onlyIndexed(
      '/nextAt/?',
      '/historyOf/?',
      '/hub/?',
      '/decidedAt/?',
      '/decidedIn/?',
    ),
    defaultTtl: ttlByItem,
  },
  /** The hubs, and what each instance of the app counted of them lately. */
  hubs: {
    id: 'hubs',
    partitionKey: { paths: ['/id'] },
    indexingPolicy: onlyIndexed(),
    defaultTtl: ttlByItem,
  },
  enrollments: {
    id: 'enrollments',
    partitionKey: { paths: ['/id'] },
    indexingPolicy: onlyIndexed('/limits/?'),
    defaultTtl: ttlByItem,
  },
  /** How far each scope's fleet was taken in, and how far the audit stream was told. */
  inventories: {
    id: 'inventories',
    partitionKey: { paths: ['/id'] },
    indexingPolicy: onlyIndexed(),
    defaultTtl: ttlByItem,
  },
  /** Plans, all in one partition; and the pages of each, in a partition of its own. */
  plans: {
    id: 'plans',
    partitionKey: { paths: ['/kind'] },
    indexingPolicy: onlyIndexed('/askedAt/?'),
    defaultTtl: ttlByItem,
  },
  /** Campaigns, all in one partition; what all runners share, in another; and the pages of each, in a partition of its own. */
  campaigns: {
    id: 'campaigns',
    partitionKey: { paths: ['/kind'] },
    indexingPolicy: onlyIndexed('/isActive/?', '/isProgress/?', '/begunAt/?'),
    defaultTtl: ttlByItem,
  },
  /** What people did, and what it changed: all in one partition. */
  audit: {
    id: 'audit',
    partitionKey: { paths: ['/kind'] },
    indexingPolicy: onlyIndexed('/order/?'),
    defaultTtl: ttlByItem,
  },
  /** Its versions, all in one partition. */
  policy: {
    id: 'policy',
    partitionKey: { paths: ['/kind'] },
    indexingPolicy: onlyIndexed('/version/?'),
    defaultTtl: ttlByItem,
  },
} as const;
