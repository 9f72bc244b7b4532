import { z } from 'zod';
import { parseJson } from './parse-json.ts';

/** Who is signed in, as App Service authentication tells the app. */
export type Principal = { readonly name: string; readonly roles: ReadonlySet<Role> };

/** Entra app roles, each with all that the one before it may. */
export const roles = ['Read', 'Operate', 'Admin'] as const;
export type Role = (typeof roles)[number];

export const principalHeader = 'x-ms-client-principal';

const principal = z.object({
  role_typ: z.string().optional(),
  name_typ: z.string().optional(),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

/**
 * The header's base64 → who it is; undefined when it is none: nobody is signed in.
 * @see https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export const parsePrincipal = (header: string | null | undefined): Principal | undefined => {
  const read = principal.safeParse(parseJson(Buffer.from(header ?? '', 'base64').toString('utf8')));
  if (!read.success) return undefined;
  const { role_typ: roleType = 'roles', name_typ: nameType = 'name', claims } = read.data;
  const valuesOf = (...types: readonly string[]): readonly string[] =>
    claims.filter(({ typ }) => types.includes(typ)).map(({ val }) => val);
  const held = valuesOf(roleType, 'roles');
  return {
    name:
      callers.flatMap((type) => valuesOf(type))[0] ?? valuesOf(nameType, 'name')[0] ?? 'unnamed',
    roles: new Set(roles.filter((role) => held.includes(role))),
  };
};

/** What tells one caller from another, best first: a person, then an app. A display name does not. */
const callers = ['preferred_username', 'upn', 'oid', 'appid', 'azp'];

export const mayAct = ({ roles: held }: Principal, needed: Role): boolean =>
  roles.slice(roles.indexOf(needed)).some((role) => held.has(role));
