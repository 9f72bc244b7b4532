import { hubHostName } from '../domain/hub.ts';
import type { Condition, FieldCondition, Matcher, Policy, Rule } from '../domain/policy.ts';
import { parseScope, type Scope } from '../domain/scope.ts';
import type { Pattern } from '../flows/manage-policy.ts';
import { parseJson } from './parse-json.ts';
import {
  type MatcherDocument,
  type PolicyDocument,
  policyDocument,
  type RuleDocument,
} from './policy-document.ts';
import { type FieldError, fieldErrors, type Refusal, refuse } from './problem.ts';

/** A document of 200 rules is a fraction of this. */
export const policyBytesMax = 512 * 1024;

export type ParsedPolicy = { readonly kind: 'policy'; readonly document: PolicyDocument };

/** Text → a policy's document, or a refusal that names the rule and the field. Whether its patterns are slow is not looked at here. */
export const parsePolicyText = (text: string): ParsedPolicy | Refusal => {
  if (Buffer.byteLength(text) > policyBytesMax)
    return refuse('bad-policy', [{ field: 'body', detail: `more than ${policyBytesMax} bytes` }]);
  const odd = oddIn(text);
  if (odd) return refuse('bad-policy', [{ field: 'body', detail: odd }]);
  const json = parseJson(text);
  if (json === undefined) return refuse('bad-policy', [{ field: 'body', detail: 'not JSON' }]);
  return parsePolicy(json);
};

/** Deeper than a twin may be, in the deepest place that a policy has for one. */
const depthMax = 32;

/** What JSON allows and objects do not hold, or no stack. */
const oddIn = (text: string): string | undefined => {
  if (text.includes('"__proto__"')) return '__proto__ is no name';
  let [depth, deepest] = [0, 0];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest > depthMax ? `nested deeper than ${depthMax}` : undefined;
};

/** JSON → the same. */
export const parsePolicy = (json: unknown): ParsedPolicy | Refusal => {
  const read = policyDocument.safeParse(json);
  if (!read.success) return refuse('bad-policy', named(fieldErrors(read.error), json));
  const wrong = mistakesIn(read.data);
  if (wrong.length > 0) return refuse('bad-policy', named(wrong, json));
  return { kind: 'policy', document: read.data };
};

/** Each is judged, one after the other. */
const patternCountMax = 200;

/** What no schema can say. */
const mistakesIn = ({ rules, quarantine }: PolicyDocument): readonly FieldError[] => {
  const found: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    const at = (field: string, detail: string) =>
      found.push({ field: `rules[${index}].${field}`, detail });
    if (names.has(rule.name)) at('name', 'another rule has this name');
    names.add(rule.name);
    if (rule.strategy === 'static' && !rule.hubs) at('hubs', 'static wants hubs, in order');
    if (rule.quarantine && quarantine === undefined)
      at('quarantine', 'the policy names no hub for quarantine');
    const reserved = rule.hubs?.findIndex((hub) => same(hub, quarantine)) ?? -1;
    if (reserved >= 0) at(`hubs[${reserved}]`, 'it is kept for quarantined devices');
    for (const [scope, text] of (rule.when.scope ?? []).entries())
      if (!parseScope(text)) at(`when.scope[${scope}]`, 'not a scope');
  }
  const patterns = patternsIn({ rules });
  if (patterns.length > patternCountMax)
    found.push({ field: 'rules', detail: `more than ${patternCountMax} patterns` });
  for (const { field, pattern, ignoresCase } of patterns)
    if (!isRegExp(pattern, ignoresCase)) found.push({ field, detail: 'not a regular expression' });
  return found;
};

const same = (one: string, other: string | undefined): boolean =>
  other !== undefined && hubHostName(one) === hubHostName(other);

/** A number alone does not find a rule in a long file. */
const named = (errors: readonly FieldError[], json: unknown): readonly FieldError[] =>
  errors.map(({ field, detail }) => {
    const index = Number(/^rules\[(\d+)\]/.exec(field)?.[1] ?? -1);
    const rules = (json as { readonly rules?: readonly { readonly name?: unknown }[] } | null)
      ?.rules;
    const name = Array.isArray(rules) ? rules[index]?.name : undefined;
    return typeof name === 'string' && name.length <= 64
      ? { field, detail: `rule ${name}: ${detail}` }
      : { field, detail };
  });

/** Every pattern of a policy, and the field that it stands in. */
export const patternsIn = ({ rules }: Pick<PolicyDocument, 'rules'>): readonly Pattern[] =>
  rules.flatMap(({ when }, index) => {
    const { registrationId, labels = {}, payload = {} } = when;
    const matchers = [
      ['registrationId', registrationId, true] as const,
      ...Object.entries(labels).map(([name, one]) => [`labels.${name}`, one, false] as const),
      ...Object.entries(payload).map(([path, one]) => [`payload.${path}`, one, false] as const),
    ];
    return matchers.flatMap(([field, matcher, ignoresCase]) =>
      typeof matcher === 'object' && 'pattern' in matcher
        ? [{ field: `rules[${index}].when.${field}`, pattern: matcher.pattern, ignoresCase }]
        : [],
    );
  });

/** Without case, as registration ids are; else by code point. */
const toRegExp = (pattern: string, ignoresCase: boolean): RegExp =>
  new RegExp(pattern, ignoresCase ? 'i' : 'u');

const isRegExp = (pattern: string, ignoresCase: boolean): boolean => {
  try {
    return toRegExp(pattern, ignoresCase) instanceof RegExp;
  } catch {
    return false;
  }
};

/** A document that has been parsed, as it is decided by. */
export const toPolicy = (
  { strategy, quarantine, rules }: PolicyDocument,
  version: number,
): Policy => ({
  version,
  strategy,
  quarantine: quarantine === undefined ? undefined : hubHostName(quarantine),
  rules: rules.map(toRule),
});

const toRule = (rule: RuleDocument): Rule => ({
  name: rule.name,
  when: toCondition(rule.when),
  restriction: {
    hubs: rule.hubs?.map(hubHostName),
    tags: rule.tags ?? {},
    regions: rule.regions,
    tiers: rule.tiers,
  },
  strategy: rule.strategy,
  quarantines: rule.quarantine,
  initialTwin: rule.initialTwin,
  goesOn: rule.continue,
});

const folded = (names: readonly string[] | undefined) => names?.map((name) => name.toLowerCase());

const toCondition = (when: RuleDocument['when']): Condition => ({
  scopes: when.scope as readonly Scope[] | undefined,
  enrollmentGroups: folded(when.enrollmentGroup),
  individualEnrollments: folded(when.individualEnrollment),
  registrationId:
    when.registrationId === undefined ? undefined : toMatcher(when.registrationId, true),
  regions: when.region,
  labels: Object.entries(when.labels ?? {}).map(([name, one]) => toFieldCondition([name], one)),
  payload: Object.entries(when.payload ?? {}).map(([path, one]) =>
    toFieldCondition(path.split('.'), one),
  ),
});

const toFieldCondition = (path: readonly string[], matcher: MatcherDocument): FieldCondition => ({
  path,
  matcher: toMatcher(matcher, false),
});

const toMatcher = (matcher: MatcherDocument, ignoresCase: boolean): Matcher => {
  if (typeof matcher === 'object' && 'pattern' in matcher)
    return toRegExp(matcher.pattern, ignoresCase);
  const values = Array.isArray(matcher) ? matcher : [matcher];
  return ignoresCase ? values.map((value) => String(value).toLowerCase()) : values;
};
