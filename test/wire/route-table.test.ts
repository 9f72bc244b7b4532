import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { instant } from '../../shared/domain/instant.ts';
import type { Scope } from '../../shared/domain/scope.ts';
import { keepAudit } from '../../shared/flows/keep-audit.ts';
import type { AuditEntry } from '../../shared/ports/audit.ts';
import type { Api } from '../../shared/wire/api/route.ts';
import { managementDoor } from '../../shared/wire/management-door.ts';
import { mayAct, parsePrincipal, principalHeader } from '../../shared/wire/principal.ts';
import type { Handlers } from '../../shared/wire/route-table.ts';
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
  const pumps = {
    noun: 'pumps',
    isScoped: true,
    routes: {
      movePump: {
        method: 'POST',
        path: ':deviceId/moves',
        role: 'Operate',
        says: 'Moves it.',
        answers: { 202: z.unknown() },
      },
      listPumps: {
        method: 'GET',
        path: '',
        role: 'Read',
        says: 'All.',
        answers: { 200: z.unknown() },
      },
      command: {
        method: 'POST',
        path: ':deviceId/:verb',
        role: 'Operate',
        says: 'Does it.',
        params: { verb: z.enum(['stop']) },
        takesIfMatch: true,
        brakes: ['stop'],
        answers: { 200: z.unknown() },
      },
    },
  } as const satisfies Api;
  const moved = { because: 'a test', before: { hub: 'a' }, after: { hub: 'b' } };
  const handlers: Handlers<{ readonly fails: boolean }, Scope, typeof pumps> = {
    movePump: async ({ fails }, { params }) => {
      if (fails) throw new Error('the store is away');
      return { status: 202, jsonBody: params, change: moved };
    },
    listPumps: async () => ({ status: 200, jsonBody: [] }),
    command: async (_app, { params }) => ({ status: 200, jsonBody: params, change: undefined }),
  };
  type But = {
    readonly principal?: string | null;
    readonly scope?: string;
    readonly method?: string;
    readonly rest?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly fails?: boolean;
    readonly auditFails?: boolean;
  };
  const told: AuditEntry[] = [];
  const ask = ({ principal: who = as('Admin'), scope = 'main', ...but }: But) => {
    const { method = 'POST', rest = 'pump/moves', fails = false, auditFails = false } = but;
    const headers: Readonly<Record<string, string>> = {
      'x-requested-with': 'a test',
      ...but.headers,
      ...(who === null ? {} : { [principalHeader]: who }),
    };
    const audit = keepAudit({
      audit: {
        put: async (entry) => {
          if (auditFails) throw new Error('the audit is away');
          told.push(entry);
        },
        recent: async () => [],
      },
      clock: { now: () => instant(5) },
      dice: { draw: () => 0, digits: (count) => '0'.repeat(count) },
      deadline: (_ms, act) => act(new AbortController().signal),
      complain: () => undefined,
    });
    const incoming = {
      method,
      url: `http://x/api/pumps/${scope}/${rest}`,
      headers: { get: (name: string) => headers[name] ?? null },
      text: async () => '',
    };
    told.length = 0;
    return managementDoor(pumps, handlers, { scopes: new Set([main]), audit }, () => ({ fails }))(
      incoming,
      { error: () => undefined },
    );
  };

  test('is found by method and path; an id is decoded, with all that it may hold', async () => {
    expect(await ask({})).toMatchObject({ status: 202, jsonBody: { deviceId: 'pump' } });
    expect(await ask({ rest: 'a%2Fb%23c/moves' })).toMatchObject({
      jsonBody: { deviceId: 'a/b#c' },
    });
    expect(await ask({ method: 'GET', rest: '' })).toMatchObject({ status: 200 });
    expect(await ask({ rest: 'pump/stop' })).toMatchObject({ jsonBody: { verb: 'stop' } });
  });

  test.each<[string, But, string]>([
    ['nobody', { principal: null }, 'unauthenticated'],
    ['another role', { principal: as('Read') }, 'forbidden'],
    ['another scope', { scope: 'other' }, 'unknown-scope'],
    ['a scope that is none', { scope: '__proto__' }, 'unknown-scope'],
    ['another path', { rest: 'pump' }, 'unknown-route'],
    ['a word that is none', { rest: 'pump/explode' }, 'unknown-route'],
    ['another method', { method: 'DELETE' }, 'unknown-route'],
    ['an empty id', { rest: '/moves' }, 'unknown-route'],
    ['a malformed escape', { rest: '%zz/moves' }, 'unknown-route'],
    ['a form of another site', { headers: { 'x-requested-with': '' } }, 'not-requested'],
    ['a precondition that nobody looks at', { headers: { 'if-match': '"1"' } }, 'bad-request'],
  ])('%s is refused, and nothing is done', async (_name, but, because) => {
    expect(await ask(but)).toMatchObject({ jsonBody: { type: `urn:rehome:${because}` } });
    expect(told).toEqual([]);
  });

  test('nobody is told first whether there is such a scope', async () => {
    expect(await ask({ principal: null, scope: 'other' })).toMatchObject({ status: 401 });
  });

  test('a change is told before it is done, and what came of it after', async () => {
    await ask({});
    expect(told.map(({ outcome }) => outcome)).toEqual([
      { kind: 'begun' },
      { kind: 'done', ...moved },
    ]);
    expect(told[1]).toMatchObject({ by: 'Otto', operation: 'movePump' });
    expect(told[1]).toMatchObject({ id: told[0]?.id, target: 'pumps/main/pump/moves' });
  });

  test('a change of which the audit cannot be told is not made', async () => {
    expect(await ask({ auditFails: true })).toMatchObject({
      status: 503,
      jsonBody: { type: 'urn:rehome:audit-away', detail: 'the audit is away' },
    });
    expect(await ask({ rest: 'pump/stop', auditFails: true })).toMatchObject({ status: 200 });
  });

  test('one that fails half-way is told as such; a dry run changes nothing', async () => {
    expect(await ask({ fails: true })).toMatchObject({ status: 503 });
    expect(told.at(-1)?.outcome).toEqual({ kind: 'failed', because: 'the store is away' });
    await ask({ rest: 'pump/stop' });
    expect(told.at(-1)?.outcome).toEqual({ kind: 'unchanged' });
  });

  test('who knows the answer already is not told it again', async () => {
    const first = await ask({ method: 'GET', rest: '' });
    const etag = first.headers?.['etag'] ?? '';
    const again = await ask({ method: 'GET', rest: '', headers: { 'if-none-match': etag } });
    expect(again).toEqual({ status: 304, headers: { etag, 'cache-control': 'no-store' } });
  });
});
