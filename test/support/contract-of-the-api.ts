import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { apis } from '../../shared/wire/api/all.ts';
import type { Api, ApiRoute } from '../../shared/wire/api/route.ts';

/** What every route answers where it refuses. */
const problem = z.strictObject({
  type: z.string().startsWith('urn:rehome:'),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z.array(z.strictObject({ field: z.string(), detail: z.string() })),
});

/** The operation behind a path below `/api/`; undefined: none. */
export const operationOf = (
  method: string,
  path: string,
): { readonly id: string; readonly route: ApiRoute } | undefined => {
  const [noun = '', ...behind] = (path.split('?')[0] ?? '').split('/');
  const api = apis.find((one) => one.noun === noun);
  if (!api) return undefined;
  const rest = api.isScoped ? behind.slice(1) : behind;
  const found = Object.entries(api.routes).find(
    ([, route]) => route.method === method && fits(route, rest),
  );
  return found && { id: found[0], route: found[1] };
};

const fits = ({ path, params = {} }: ApiRoute, rest: readonly string[]): boolean => {
  const wanted = path === '' ? [] : path.split('/');
  return (
    wanted.length === rest.length &&
    wanted.every((part, index) => {
      const text = rest[index] ?? '';
      if (!part.startsWith(':')) return part === text;
      return params[part.slice(1)]?.safeParse(text).success ?? true;
    })
  );
};

/** What breaks the API's description in an answer: nothing that it does not tell, and all that it does. undefined: nothing. */
export const breachOf = (
  method: string,
  path: string,
  status: number,
  body: unknown,
): string | undefined => {
  if (status >= 400) return problem.safeParse(body).error?.message;
  const operation = operationOf(method, path);
  if (!operation) return undefined;
  const schema = operation.route.answers[status];
  if (!schema) return `${operation.id} has no answer ${status}`;
  const read = schema.safeParse(body);
  if (!read.success) return `${operation.id} ${status}: ${read.error.message}`;
  return isDeepStrictEqual(read.data, body)
    ? undefined
    : `${operation.id} ${status} answers more than it says: ${JSON.stringify(body).slice(0, 400)}`;
};

/** Every operation, with its noun. */
export const operations = (): readonly {
  readonly api: Api;
  readonly id: string;
  readonly route: ApiRoute;
}[] => apis.flatMap((api) => Object.entries(api.routes).map(([id, route]) => ({ api, id, route })));
