import { describe, expect, test } from 'vitest';
import { mayAct, parsePrincipal, principalHeader } from '../../shared/wire/principal.ts';
import {
  answerRoute,
  type ManagementRequest,
  type Route,
  scopeIn,
} from '../../shared/wire/route-table.ts';
import { main } from '../support/a-question.ts';

const principal = (claims: readonly object[], but: object = {}): string =>
  Buffer.from(JSON.stringify({ auth_typ: 'aad', claims, ...but })).toString('base64');
const as = (...roles: readonly string[]): string =>
  principal([{ typ: 'name', val: 'Otto' }, ...roles.map((val) => ({ typ: 'roles', val }))]);

describe('who is signed in', () => {
  test('name and roles, by whatever names of claims the header says', () => {
    expect(parsePrincipal(as('Operate'))).toEqual({ name: 'Otto', roles: new Set(['Operate']) });
    const typed = principal(
      [
        { typ: 'urn:role', val: 'Read' },
        { typ: 'urn:name', val: 'Rita' },
      ],
      { role_typ: 'urn:role', name_typ: 'urn:name' },
    );
    expect(parsePrincipal(typed)).toEqual({ name: 'Rita', roles: new Set(['Read']) });
  });

  test.each([undefined, null, '', 'no base64', Buffer.from('{}').toString('base64')])(
    '%j is nobody',
    (header) => {
      expect(parsePrincipal(header)).toBeUndefined();
    },
  );

  test('a role has all that the one before it may, and one that is none has nothing', () => {
    const may = (role: string, needed: 'Read' | 'Operate' | 'Admin') => {
      const who = parsePrincipal(as(role));
      return who !== undefined && mayAct(who, needed);
    };
    expect(may('Admin', 'Operate')).toBe(true);
    expect(may('Operate', 'Read')).toBe(true);
    expect(may('Read', 'Operate')).toBe(false);
    expect(may('Owner', 'Read')).toBe(false);
  });
});

describe('a route', () => {
  const table: readonly Route<undefined>[] = [
    {
      method: 'POST',
      path: ':deviceId/moves',
      role: 'Operate',
      handle: async (_app, { params }) => ({ status: 202, jsonBody: params }),
    },
    { method: 'GET', path: '', role: 'Read', handle: async () => ({ status: 200, jsonBody: [] }) },
  ];
  type But = Partial<ManagementRequest> & { principal?: string | null; scope?: string };
  const ask = ({ principal: who = as('Admin'), scope = 'main', ...but }: But) =>
    answerRoute(table, undefined, () => scopeIn(new Set([main]), scope), {
      method: 'POST',
      rest: 'pump/moves',
      query: new URLSearchParams(),
      body: async () => '',
      header: (name) => (name === principalHeader ? who : null),
      ...but,
    });

  test('is found by method and path; an id is decoded, with all that it may hold', async () => {
    expect(await ask({})).toEqual({ status: 202, jsonBody: { deviceId: 'pump' } });
    expect(await ask({ rest: 'a%2Fb%23c/moves' })).toMatchObject({
      jsonBody: { deviceId: 'a/b#c' },
    });
    expect(await ask({ method: 'GET', rest: '' })).toMatchObject({ status: 200 });
  });

  test.each<[string, But, string]>([
    ['nobody', { principal: null }, 'unauthenticated'],
    ['another role', { principal: as('Read') }, 'forbidden'],
    ['another scope', { scope: 'other' }, 'unknown-scope'],
    ['a scope that is none', { scope: '__proto__' }, 'unknown-scope'],
    ['another path', { rest: 'pump' }, 'unknown-route'],
    ['another method', { method: 'DELETE' }, 'unknown-route'],
    ['an empty id', { rest: '/moves' }, 'unknown-route'],
    ['a malformed escape', { rest: '%zz/moves' }, 'unknown-route'],
  ])('%s is refused', async (_name, but, because) => {
    expect(await ask(but)).toMatchObject({ kind: 'refused', because });
  });

  test('nobody is told first whether there is such a scope', async () => {
    expect(await ask({ principal: null, scope: 'other' })).toMatchObject({
      because: 'unauthenticated',
    });
  });
});
