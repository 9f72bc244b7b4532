import type { ManagementRequest } from './route-table.ts';

/** What the management API needs of an HTTP request. */
type Incoming = {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly get: (name: string) => string | null };
  readonly text: () => Promise<string>;
};

/**
 * A request to `/api/{noun}/{first}/{rest}`: what stands behind the noun, as it came. The route's own parameters are decoded already, so
 * that an id with a slash would be two.
 */
export const managementRequest = (
  request: Incoming,
  noun: string,
): ManagementRequest & { readonly first: string; readonly all: string } => {
  const { pathname, searchParams: query } = new URL(request.url);
  const [, all = ''] = new RegExp(`/${noun}(?:/(.*?))?/?$`, 'i').exec(pathname) ?? [];
  const [first = '', ...behind] = all.split('/');
  return {
    method: request.method,
    all,
    first,
    rest: behind.join('/'),
    query,
    body: () => request.text(),
    header: (name) => request.headers.get(name),
  };
};
