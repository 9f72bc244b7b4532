/** Why each value of host.json is what it is. */
export const hostJsonReasons: Readonly<Record<string, string>> = {
  version: 'the schema of the file',
  functionTimeout:
    'a function that hangs dies; `advanceCampaigns` may go on for 16 minutes while one large campaign is being prepared',
  'logging.logLevel.default': 'every decision and every settled move is one line of this level',
  'logging.applicationInsights.samplingSettings.isEnabled':
    'dependencies, of which each request has several, may be sampled',
  'logging.applicationInsights.samplingSettings.excludedTypes':
    'decisions, faults and answers may not: alerts count them',
  'extensionBundle.id': 'where triggers and bindings come from',
  'extensionBundle.version': 'Flex Consumption needs 4',
  'extensions.eventHubs.maxEventBatchSize':
    'a batch is read, decided and written at once: this many point reads side by side',
  'extensions.http.routePrefix': 'URLs of webhooks stand in enrollments: it never changes',
  'extensions.http.maxOutstandingRequests':
    'too much load is answered without the store, never with 429: the app sheds it itself (REHOME_AT_STORE_MAX)',
  'extensions.http.maxConcurrentRequests': 'the same',
  'extensions.http.dynamicThrottlesEnabled': 'the same: the host’s would answer 429',
  'extensions.http.customHeaders.X-Content-Type-Options': 'no answer is taken for what it is not',
};

/** The paths of all values in a JSON document. */
export const leavesOf = (json: unknown, path = ''): readonly string[] =>
  typeof json === 'object' && json !== null && !Array.isArray(json)
    ? Object.entries(json).flatMap(([key, value]) => leavesOf(value, path ? `${path}.${key}` : key))
    : [path];
