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

export const containers = {
  devices: {
    id: 'devices',
    partitionKey: { paths: ['/slice'] },
    indexingPolicy: onlyIndexed('/nextAt/?'),
  },
  hubs: { id: 'hubs', partitionKey: { paths: ['/id'] }, indexingPolicy: onlyIndexed() },
  enrollments: {
    id: 'enrollments',
    partitionKey: { paths: ['/id'] },
    indexingPolicy: onlyIndexed(),
  },
} as const;
