import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { judgePattern } from '../../shared/adapters/redos/judge-pattern.ts';
import { slowAmong } from '../../shared/flows/manage-policy.ts';
import { parsePolicyText, patternsIn, policyBytesMax } from '../../shared/wire/parse-policy.ts';
import { policyJsonSchema } from '../../shared/wire/policy-document.ts';
import { aPolicy } from '../support/a-policy.ts';
import { rootFolder } from '../support/source.ts';

const errorsOf = (policy: unknown) => {
  const parsed = parsePolicyText(typeof policy === 'string' ? policy : JSON.stringify(policy));
  return parsed.kind === 'refused' ? parsed.errors : [];
};

const inRule = (rule: object) => errorsOf({ rules: [{ name: 'eu-devices', ...rule }] });
const hub = 'east.azure-devices.net';

test('an empty policy is one: weighted, without rules', () => {
  const parsed = parsePolicyText('{}');
  expect(parsed).toMatchObject({ document: { strategy: 'weighted', rules: [] } });
});

describe('what is wrong is named by rule and field', () => {
  test.each<[object, string]>([
    [{ when: { registrationId: { pattern: '(' } } }, 'when.registrationId'],
    [{ when: { labels: { tenant: { pattern: '[' } } } }, 'when.labels.tenant'],
    [{ when: { payload: { 'site.country': { pattern: '\\' } } } }, 'when.payload.site.country'],
    [{ when: { payload: { '.a': 1 } } }, 'when.payload..a'],
    [{ when: { colour: 'red' } }, 'when'],
    [{ when: { scope: ['Not A Scope'] } }, 'when.scope[0]'],
    [{ when: { region: ['West Europe'] } }, 'when.region[0]'],
    [{ strategy: 'roundRobin' }, 'strategy'],
    [{ strategy: 'static' }, 'hubs'],
    [{ hubs: ['not a host'] }, 'hubs[0]'],
    [{ hubs: [] }, 'hubs'],
    [{ tiers: ['S9'] }, 'tiers[0]'],
    [{ quarantine: true }, 'quarantine'],
    [{ initialTwin: { tags: { 'a.b': 1 } } }, 'initialTwin.tags'],
    [{ initialTwin: { tags: { a: 'x'.repeat(9_000) } } }, 'initialTwin.tags'],
    [{ initialTwin: { properties: { Desired: {} } } }, 'initialTwin.properties'],
  ])('%j', (rule, field) => {
    const [error] = inRule(rule);
    expect(error?.field).toMatch(
      new RegExp(`^rules\\[0\\]\\.${field.replaceAll(/[.[\]]/g, '\\$&')}`),
    );
    expect(error?.detail).toMatch(/^rule eu-devices: /);
  });

  test('a deep twin, whose depth no hub takes', () => {
    const deep = Array.from({ length: 12 }).reduce<object>((held) => ({ a: held }), {});
    expect(inRule({ initialTwin: { tags: deep } })[0]?.detail).toContain('deeper than 10');
  });

  test('what JSON allows and objects do not hold, or no stack; brackets in text are none', () => {
    const proto = '{"rules":[{"name":"r","when":{"payload":{"__proto__":"x"}}}]}';
    expect(errorsOf(proto)).toEqual([{ field: 'body', detail: '__proto__ is no name' }]);
    const deep = `{"rules":[{"name":"r","initialTwin":{"tags":${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}}}]}`;
    expect(errorsOf(deep)).toEqual([{ field: 'body', detail: 'nested deeper than 32' }]);
    const rules = Array.from({ length: 40 }, (_, index) => ({
      name: `r${index}`,
      when: { registrationId: { pattern: '\\["{' } },
    }));
    expect(errorsOf({ rules })).toEqual([]);
    const many = Array.from({ length: 150 }, (_, index) => ({
      name: `r${index}`,
      when: { labels: { a: { pattern: 'x' }, b: { pattern: 'y' } } },
    }));
    expect(errorsOf({ rules: many })).toEqual([
      { field: 'rules', detail: 'more than 200 patterns' },
    ]);
  });

  test('what no single rule shows', () => {
    expect(errorsOf({ rules: [{ name: 'a' }, { name: 'a' }] })).toEqual([
      { field: 'rules[1].name', detail: 'rule a: another rule has this name' },
    ]);
    const reserved = { quarantine: hub, rules: [{ name: 'a', hubs: [hub.toUpperCase()] }] };
    expect(errorsOf(reserved)[0]).toMatchObject({ field: 'rules[0].hubs[0]' });
    expect(errorsOf({ strategie: 'weighted' })[0]?.field).toBe('body');
    expect(errorsOf('{')).toEqual([{ field: 'body', detail: 'not JSON' }]);
    expect(errorsOf(' '.repeat(policyBytesMax + 1))[0]?.detail).toContain('more than');
    expect(errorsOf(null)[0]?.field).toBe('body');
  });
});

test('hubs are named without case', () => {
  const policy = aPolicy({ quarantine: 'EXILE.net', rules: [{ name: 'r', hubs: ['East.NET'] }] });
  expect(policy).toMatchObject({
    quarantine: 'exile.net',
    rules: [{ restriction: { hubs: ['east.net'] } }],
  });
});

describe('a pattern', () => {
  const slow = async (pattern: string, where: 'registrationId' | 'labels' = 'registrationId') => {
    const when =
      where === 'labels' ? { labels: { a: { pattern } } } : { registrationId: { pattern } };
    const parsed = parsePolicyText(JSON.stringify({ rules: [{ name: 'r', when }] }));
    if (parsed.kind === 'refused') throw new Error('refused');
    return slowAmong(patternsIn(parsed.document), judgePattern);
  };

  test.each(['(a+)+$', '^(a|a)*$', '(x+x+)+y', '.*a.*b.*c', '^([a-z]|[A-Z])*x$'])(
    '%s can be made slow, and is refused by its field',
    async (pattern) => {
      expect(await slow(pattern)).toMatchObject([
        { field: 'rules[0].when.registrationId', detail: expect.stringContaining('slow') },
      ]);
    },
  );

  test.each([
    '^contoso-\\d{3}-eu$',
    '-(eu|us)-',
    '^([a-z0-9]+-)*tail$',
    '^(contoso|fabrikam)-.+-v[12]$',
    '^\\w+\\s*$',
  ])('%s is taken', async (pattern) => {
    expect(await slow(pattern)).toEqual([]);
    expect(await slow(pattern, 'labels')).toEqual([]);
  });
});

test('docs/policy.schema.json is the schema of today', async () => {
  const text = await readFile(path.join(rootFolder, 'docs/policy.schema.json'), 'utf8');
  expect(JSON.parse(text)).toEqual(policyJsonSchema());
});
