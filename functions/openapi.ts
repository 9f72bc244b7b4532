import { app, type HttpHandler } from '@azure/functions';
import { rehome } from '../shared/composition.ts';
import { toOpenApi } from '../shared/wire/openapi.ts';

/**
 * The management API's description, for everybody whom App Service authentication lets in: it says nothing of the fleet.
 *
 *     GET    openapi.json   OpenAPI 3.1
 */
export const openapiHandler = (): HttpHandler => {
  let made: string | undefined;
  return async () => {
    made ??= JSON.stringify(toOpenApi('1'));
    return { status: 200, headers: { 'content-type': 'application/json' }, body: made };
  };
};

const { placement } = rehome();
if (placement) {
  app.http('openapi', {
    methods: ['GET'],
    authLevel: 'anonymous', // App Service authentication stands before it
    route: 'openapi.json',
    handler: openapiHandler(),
  });
}
