import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Porter } from './http-listener.ts';
import { equal } from './keys.ts';

/** Somebody whom App Service authentication knows: a bearer token stands for one that Entra would have given. */
export type Operator = {
  readonly token: string;
  readonly name: string;
  readonly roles: readonly string[];
};

const cookieName = 'AppServiceAuthSession';

/**
 * Plays App Service authentication ("Easy Auth"): whatever came as its header is taken away, and who shows a token of ours, or the cookie of
 * a browser that has signed in with one, is named in it. Nobody is turned away here: the app says what needs somebody signed in.
 * @see https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export const easyAuth =
  (operators: readonly Operator[]): Porter =>
  async (request, response, url) => {
    const { headers } = request;
    for (const name of Object.keys(headers))
      if (name.startsWith('x-ms-client-principal')) delete headers[name];
    const known = (token: string | undefined): Operator | undefined =>
      operators.find((one) => token !== undefined && equal(one.token, token));
    if (url.pathname.startsWith('/.auth/') && operators.length > 0)
      return answer(request, response, url, known);
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    const found = known(bearer ?? cookieOf(request));
    if (found) headers['x-ms-client-principal'] = toPrincipal(found);
    return false;
  };

const cookieOf = ({ headers }: IncomingMessage): string | undefined =>
  new RegExp(`(?:^|; )${cookieName}=([^;]+)`).exec(headers.cookie ?? '')?.[1];

/** Where a browser signs in, and out. What Entra asks for, a token stands for: it is in the link that the start prints. */
const answer = (
  request: IncomingMessage,
  response: ServerResponse,
  { pathname, searchParams }: URL,
  known: (token: string | undefined) => Operator | undefined,
): true => {
  request.resume();
  const location = pathHere(searchParams.get('post_login_redirect_uri') ?? '/');
  const cookie = (value: string, rest: string): string =>
    `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Lax${rest}`;
  const token = searchParams.get('token') ?? undefined;
  if (pathname === '/.auth/login/aad' && known(token))
    response.writeHead(302, { location, 'set-cookie': cookie(token ?? '', '') }).end();
  else if (pathname === '/.auth/login/aad')
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(signIn(location));
  else if (pathname === '/.auth/logout')
    response.writeHead(302, { location: '/', 'set-cookie': cookie('', '; Max-Age=0') }).end();
  else response.writeHead(404, { 'content-length': 0 }).end();
  return true;
};

/** Of this site alone, whatever a browser makes of it. */
const pathHere = (text: string): string => {
  const here = 'http://here';
  const next = URL.canParse(text, here) ? new URL(text, here) : new URL(here);
  return next.origin === here ? next.pathname + next.search : '/';
};

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

const signIn = (location: string): string => `<!doctype html>
<html lang="en"><title>Sign in</title><meta name="viewport" content="width=device-width">
<p>In Azure, Entra asks here who you are. On this machine a token says it: <code>.local/rehome.json</code> has it.</p>
<form><input type="hidden" name="post_login_redirect_uri" value="${escaped(location)}">
<label>Token <input name="token" type="password" autofocus></label> <button>Sign in</button></form></html>`;

const toPrincipal = ({ name, roles }: Operator): string => {
  const claims = [
    { typ: 'name', val: name },
    ...roles.map((role) => ({ typ: 'roles', val: role })),
  ];
  const principal = { auth_typ: 'aad', name_typ: 'name', role_typ: 'roles', claims };
  return Buffer.from(JSON.stringify(principal)).toString('base64');
};
