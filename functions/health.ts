import { app, type HttpHandler } from '@azure/functions';
import { type Rehome, rehome } from '../shared/composition.ts';
import { toHealthView } from '../shared/wire/status-view.ts';

/**
 * For probes, which are not signed in: App Service authentication excludes it, so that no header says who asks.
 *
 *     GET    health/live    200: the app answers
 *     GET    health/ready   200; 503 where nothing that is decided can be written: the body says what is the matter
 */
export const healthHandler =
  ({ readStatus }: Pick<Rehome, 'readStatus'>): HttpHandler =>
  async (request) => {
    const headers = { 'cache-control': 'no-store' };
    const { probe } = request.params;
    if (probe === 'live') return { status: 200, headers, jsonBody: { status: 'healthy' } };
    if (probe !== 'ready') return { status: 404 };
    const status = await readStatus();
    const isReady = status.store.fault === undefined;
    return { status: isReady ? 200 : 503, headers, jsonBody: toHealthView(status) };
  };

app.http('health', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'health/{probe}',
  handler: healthHandler(rehome()),
});
