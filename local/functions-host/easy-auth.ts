import type { Porter } from './http-listener.ts';
import { equal } from './keys.ts';

/** Somebody whom App Service authentication knows: a bearer token stands for one that Entra would have given. */
export type Operator = {
  readonly token: string;
  readonly name: string;
  readonly roles: readonly string[];
};

/**
 * Plays App Service authentication ("Easy Auth"): whatever came as its header is taken away, and who shows a token of ours is named in
 * it. Nobody is turned away here: the app says what needs somebody signed in.
 * @see https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export const easyAuth =
  (operators: readonly Operator[]): Porter =>
  async ({ headers }) => {
    for (const name of Object.keys(headers))
      if (name.startsWith('x-ms-client-principal')) delete headers[name];
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    const found = operators.find((one) => token !== undefined && equal(one.token, token));
    if (found) headers['x-ms-client-principal'] = toPrincipal(found);
    return false;
  };

const toPrincipal = ({ name, roles }: Operator): string => {
  const claims = [
    { typ: 'name', val: name },
    ...roles.map((role) => ({ typ: 'roles', val: role })),
  ];
  const principal = { auth_typ: 'aad', name_typ: 'name', role_typ: 'roles', claims };
  return Buffer.from(JSON.stringify(principal)).toString('base64');
};
