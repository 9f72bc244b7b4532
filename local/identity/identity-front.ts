import { once } from 'node:events';
import { createServer } from 'node:http';
import { listenHere } from '../network/listen.ts';
import { type Identity, issueToken } from './identity.ts';

export type IdentityFront = {
  /** What App Service sets for an app that has an identity. */
  readonly settings: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
};

/**
 * Where an app asks for tokens, over HTTP on 127.0.0.1.
 * @see https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export const listenIdentity = async (identity: Identity): Promise<IdentityFront> => {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://identity');
    const resource = searchParams.get('resource') ?? '';
    const isKnown = searchParams.get('client_id') === identity.clientId;
    response.setHeader('content-type', 'application/json');
    if (request.headers['x-identity-header'] !== identity.header) response.writeHead(401).end();
    else if (!isKnown || resource === '')
      response.writeHead(400).end(JSON.stringify({ message: 'No such identity' }));
    else response.end(JSON.stringify(answer(identity, resource)));
  });
  const port = await listenHere(server);
  return {
    settings: {
      IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`,
      IDENTITY_HEADER: identity.header,
      AZURE_CLIENT_ID: identity.clientId,
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

const answer = (identity: Identity, resource: string) => {
  const { token, expiresAt } = issueToken(identity, resource);
  return {
    access_token: token,
    expires_on: String(Math.floor(expiresAt / 1000)),
    resource,
    token_type: 'Bearer',
    client_id: identity.clientId,
  };
};
