import { z } from 'zod';
import { apis } from './api/all.ts';
import { type Api, type ApiRoute, isChange } from './api/route.ts';

type Json = { readonly [name: string]: unknown };

const problem = z
  .object({
    type: z.string().describe('urn:rehome:…'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), detail: z.string() })),
  })
  .meta({ id: 'Problem' });

/** The management API as OpenAPI 3.1, made from what its routes say of themselves. @param version of the app. */
export const toOpenApi = (version: string): Json => {
  const schemas: Record<string, unknown> = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema: _draft, $defs = {}, ...rest } = z.toJSONSchema(schema, { io });
    Object.assign(schemas, componentsIn($defs));
    return componentsIn(rest) as Json;
  };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const api of apis)
    for (const [id, route] of Object.entries(api.routes)) {
      const path = pathOf(api, route);
      paths[path] = {
        ...paths[path],
        [route.method.toLowerCase()]: operationOf(api, id, route, schemaOf),
      };
    }
  schemaOf(problem.array(), 'output');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rehome: the management API',
      version,
      description:
        'Hubs, plans, campaigns and devices of a fleet on several Azure IoT hubs. Times are ISO 8601, in UTC. Roles are Entra app roles, each with all that the one before it may: Read, Operate, Admin. Errors are problem details (RFC 9457) that name each bad field.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api' }],
    tags: apis.map(({ noun }) => ({ name: noun, description: `Everything below ${noun}.` })),
    security: [{ bearer: [] }],
    paths,
    components: { schemas, responses: { problem: problemAnswer }, securitySchemes },
  };
};

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json;

/** zod names what is used more than once below `$defs`. */
const componentsIn = (held: unknown): unknown =>
  JSON.parse(JSON.stringify(held).replaceAll('"#/$defs/', '"#/components/schemas/'));

const pathOf = ({ noun, isScoped }: Api, { path }: ApiRoute): string =>
  `/${[noun, ...(isScoped ? ['{scope}'] : []), ...(path === '' ? [] : path.split('/'))]
    .map((part) => (part.startsWith(':') ? `{${part.slice(1)}}` : part))
    .join('/')}`;

const operationOf = (
  { noun, isScoped }: Api,
  operationId: string,
  route: ApiRoute,
  schemaOf: SchemaOf,
): Json => ({
  operationId,
  tags: [noun],
  summary: route.says,
  description: `Role: ${route.role}.${isChange(route) ? ' It stands in the audit.' : ''}`,
  parameters: [
    ...(isScoped ? [parameter('path', 'scope', { type: 'string' }, 'one of REHOME_SCOPES')] : []),
    ...route.path
      .split('/')
      .filter((part) => part.startsWith(':'))
      .map((part) => inPath(part.slice(1), route, schemaOf)),
    ...Object.entries(route.query ?? {}).map(([name, schema]) => inQuery(name, schema, schemaOf)),
    ...headersOf(route),
  ],
  ...(route.body ? { requestBody: bodyOf(route.body, schemaOf) } : {}),
  responses: {
    ...Object.fromEntries(
      Object.entries(route.answers).map(([status, schema]) => [
        status,
        { description: meanings[status] ?? status, content: jsonOf(schemaOf(schema, 'output')) },
      ]),
    ),
    default: { $ref: '#/components/responses/problem' },
    ...Object.fromEntries(
      refusalsOf(route).map((status) => [status, { $ref: '#/components/responses/problem' }]),
    ),
  },
});

const meanings: Readonly<Record<string, string>> = {
  200: 'As it is.',
  201: 'Begun.',
  202: 'Taken: it goes on behind this answer.',
};

const refusalsOf = ({ takesIfMatch, body, query }: ApiRoute): readonly string[] => [
  ...(body || query ? ['400'] : []),
  '401',
  '403',
  '404',
  ...(takesIfMatch ? ['412'] : []),
];

const jsonOf = (schema: Json): Json => ({ 'application/json': { schema } });

const bodyOf = (body: z.ZodType, schemaOf: SchemaOf): Json => ({
  required: true,
  content: jsonOf(schemaOf(body, 'input')),
});

const parameter = (where: string, name: string, schema: Json, description: string): Json => ({
  in: where,
  name,
  required: where === 'path',
  description,
  schema,
});

const inPath = (name: string, { params = {} }: ApiRoute, schemaOf: SchemaOf): Json => {
  const words = params[name];
  const schema = words ? schemaOf(words, 'input') : { type: 'string' };
  return parameter('path', name, schema, words ? 'one of these words' : 'percent-encoded');
};

const inQuery = (name: string, schema: z.ZodType, schemaOf: SchemaOf): Json => ({
  ...parameter('query', name, schemaOf(schema, 'input'), schema.description ?? name),
  required: !schema.safeParse(undefined).success,
});

const headersOf = (route: ApiRoute): readonly Json[] => [
  ...(route.method === 'GET'
    ? []
    : [
        {
          ...parameter(
            'header',
            'X-Requested-With',
            { type: 'string' },
            'any value: a page of another site cannot send it',
          ),
          required: true,
        },
      ]),
  ...(route.takesIfMatch
    ? [
        parameter(
          'header',
          'If-Match',
          { type: 'string' },
          'the ETag of what the change is made from: 412 where it has changed since',
        ),
      ]
    : []),
  ...(route.takesKey
    ? [
        parameter(
          'header',
          'Idempotency-Key',
          { type: 'string', maxLength: 200 },
          'the same key again asks for the same thing once',
        ),
      ]
    : []),
];

const problemAnswer = {
  description: 'Refused, or failed: what is wrong, and with which field.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of Entra ID, as App Service authentication takes it; or its cookie.',
  },
};
