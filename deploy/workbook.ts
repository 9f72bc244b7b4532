/** The workbook in Azure's portal: a table for each query, the same that alerts ask. */
const tiles: readonly (readonly [query: string, title: string])[] = [
  ['hub-load', 'Hubs: what they held at the last decision'],
  ['gates-failed', 'Campaigns that need a person'],
  ['stranded-devices', 'Stranded devices'],
  ['pace-below-quota', 'Campaigns slower than their quotas'],
  ['degraded-answers', 'Degraded answers'],
  ['unconfirmed-hubs', 'Hubs where devices do not turn up'],
  ['allocation-failures', 'Webhook: failures'],
  ['allocation-latency', 'Webhook: answers slower than two seconds'],
  ['dead-letters', 'Dead letters'],
  ['breaker-tripped', 'The breaker'],
  ['faults', 'Faults'],
  ['one-device', 'One device: edit its id'],
];

/** @param queries by file name, without its ending. */
export const workbook = (queries: ReadonlyMap<string, string>) => ({
  version: 'Notebook/1.0',
  items: [
    {
      type: 9,
      name: 'parameters',
      content: {
        version: 'KqlParameterItem/1.0',
        parameters: [
          {
            id: 'range',
            version: 'KqlParameterItem/1.0',
            name: 'range',
            label: 'Time',
            type: 4,
            isRequired: true,
            value: { durationMs: 86_400_000 },
            typeSettings: {
              selectableValues: [3_600_000, 86_400_000, 604_800_000].map((durationMs) => ({
                durationMs,
              })),
              allowCustom: true,
            },
          },
        ],
        style: 'pills',
        queryType: 0,
        resourceType: 'microsoft.insights/components',
      },
    },
    ...tiles.map(([name, title]) => tile(name, title, queries.get(name) ?? '')),
  ],
  isLocked: false,
  fallbackResourceIds: [],
  $schema:
    'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json',
});

const tile = (name: string, title: string, query: string) => ({
  type: 3,
  name,
  content: {
    version: 'KqlItem/1.0',
    query,
    size: 1,
    title,
    timeContextFromParameter: 'range',
    queryType: 0,
    resourceType: 'microsoft.insights/components',
    noDataMessage: 'Nothing.',
  },
});
