import { app, type HttpHandler } from '@azure/functions';
import { type Placement, rehome } from '../shared/composition.ts';
import { pageHeaders } from '../shared/wire/page-headers.ts';

/**
 * The operators' page, for everybody whom App Service authentication lets in: it holds nothing of the fleet, and asks the management API.
 *
 *     GET    ops               the page
 *     GET    ops/page.js, …    what it is made of
 */
export const opsHandler =
  ({ pageFiles }: Pick<Placement, 'pageFiles'>): HttpHandler =>
  async ({ url, params, headers: asked }) => {
    // What the page is made of stands beside it, not below it.
    if (url.endsWith('/')) return { status: 308, headers: { location: url.slice(0, -1) } };
    const file = await pageFiles(params['file'] || 'index.html');
    if (!file) return { status: 404 };
    const { type, etag, whole, zipped } = file;
    const headers = { ...pageHeaders, 'content-type': type, etag };
    if (asked.get('if-none-match') === etag) return { status: 304, headers };
    const isZipped = /\bgzip\b/.test(asked.get('accept-encoding') ?? '');
    return isZipped
      ? { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: zipped }
      : { status: 200, headers, body: whole };
  };

const { placement } = rehome();
if (placement) {
  app.http('ops', {
    methods: ['GET'],
    authLevel: 'anonymous', // App Service authentication stands before it
    route: 'ops/{file?}',
    handler: opsHandler(placement),
  });
}
