import { createHmac } from 'node:crypto';
import { randomHex, randomKey, type World } from '../world.ts';

/** The core of what an app meets of Microsoft Entra by its managed identity, without sockets: tokens, each for one service alone. */
export type Identity = {
  readonly world: World;
  /** Of the user-assigned identity: a token for another is asked for in vain. */
  readonly clientId: string;
  /** What the app has to show where it asks for tokens. */
  readonly header: string;
  readonly key: string;
};

/** Whether a token was given for that service, and still holds. */
export type TakesToken = (token: string) => boolean;

/** The services' names in Entra, as the SDKs ask for them. Cosmos DB goes by the name of the account too. */
export const resources = {
  iotHub: 'https://iothubs.azure.net',
  dps: 'https://azure-devices-provisioning.net',
  eventHubs: 'https://eventhubs.azure.net',
  cosmos: 'https://cosmos.azure.com',
  monitor: 'https://monitor.azure.com',
} as const;

const lifeMs = 86_400_000;

export const createIdentity = (world: World): Identity => ({
  world,
  clientId: `${randomHex(world, 8)}-rehome`,
  header: randomHex(world, 32),
  key: randomKey(world),
});

export type IssuedToken = { readonly token: string; readonly expiresAt: number };

/** A JSON Web Token. */
export const issueToken = ({ world, clientId, key }: Identity, resource: string): IssuedToken => {
  const expiresAt = world.now() + lifeMs;
  const claims = { aud: resource, appid: clientId, exp: Math.floor(expiresAt / 1000) };
  const text = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  return { token: `${text}.${sign(text, key)}`, expiresAt };
};

export const takesTokensFor =
  ({ key, world }: Identity, ...accepted: readonly string[]): TakesToken =>
  (token) => {
    const [head = '', claims = '', signature] = token.split('.');
    if (signature !== sign(`${head}.${claims}`, key)) return false;
    const { aud, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
    const resource = String(aud).replace(/\/+$/, ''); // some SDKs ask with a slash behind it
    return accepted.includes(resource) && exp * 1000 > world.now();
  };

const encoded = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url');

const sign = (text: string, key: string): string =>
  createHmac('sha256', key).update(text).digest('base64url');
