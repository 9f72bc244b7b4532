import type { RegistrationId } from '../domain/device.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import type {
  Condition,
  FieldCondition,
  InitialTwin,
  Matcher,
  Policy,
  Rule,
  Strategy,
} from '../domain/policy.ts';
import type { Scope } from '../domain/scope.ts';

/** What rules may look at. */
export type DeviceFacts = {
  readonly scope: Scope;
  readonly enrollment: Pick<Enrollment, 'kind' | 'id'>;
  readonly registrationId: RegistrationId;
  readonly labels: Readonly<Record<string, string>>;
  /** What it sends when it registers: JSON of its own making. */
  readonly payload: unknown;
  /** Where it is: by its label `region`, else by what it says. Azure's name. */
  readonly region: string | undefined;
  /** Milliseconds to hubs, or to regions, that it measured itself; by their names. */
  readonly latencies: ReadonlyMap<string, number>;
  /** The rules that applied, of a decision that is played back: what they looked at is kept nowhere. */
  readonly applied: readonly string[] | undefined;
};

/** What the rules make of a device. */
export type Placement = {
  /** The rules that apply, in order: a hub must satisfy them all. */
  readonly rules: readonly Rule[];
  readonly strategy: Strategy;
  readonly quarantines: boolean;
  readonly initialTwin: InitialTwin | undefined;
};

/**
 * The first rule that matches applies, and those after it where it goes on. What they allow is what all of them allow: a rule can take
 * hubs away, never give one back. Of the rest, the first that says it.
 */
export const placementOf = (policy: Policy, facts: DeviceFacts): Placement => {
  const rules: Rule[] = [];
  for (const rule of policy.rules) {
    if (!(facts.applied?.includes(rule.name) ?? matches(rule.when, facts))) continue;
    rules.push(rule);
    if (!rule.goesOn) break;
  }
  return {
    rules,
    strategy: rules.find(({ strategy }) => strategy)?.strategy ?? policy.strategy,
    quarantines: rules.some(({ quarantines }) => quarantines),
    initialTwin: rules.find(({ initialTwin }) => initialTwin)?.initialTwin,
  };
};

/**
 * Whether it takes what a device sends to say which rules apply, its payload or where it says that it is: of a device that does not register
 * now they are then not known.
 */
export const dependsOnPayload = (policy: Policy, facts: DeviceFacts): boolean => {
  for (const { when, goesOn } of policy.rules) {
    const regions = facts.region === undefined ? undefined : when.regions;
    if (!matches({ ...when, regions, payload: [] }, facts)) continue;
    if (when.payload.length > 0 || regions !== when.regions) return true;
    if (!goesOn) return false;
  }
  return false;
};

const matches = (when: Condition, facts: DeviceFacts): boolean => {
  const { scopes, regions, registrationId, labels, payload } = when;
  return (
    (scopes?.includes(facts.scope) ?? true) &&
    isEnrolledBy(when, facts.enrollment) &&
    (!registrationId || holds(registrationId, facts.registrationId)) &&
    (!regions || (facts.region !== undefined && regions.includes(facts.region))) &&
    labels.every(({ path, matcher }) => holds(matcher, at(facts.labels, path))) &&
    payload.every((asked) => finds(asked, facts.payload))
  );
};

const isEnrolledBy = (
  { enrollmentGroups, individualEnrollments }: Condition,
  { kind, id }: DeviceFacts['enrollment'],
): boolean => {
  if (!enrollmentGroups && !individualEnrollments) return true;
  const ids = kind === 'group' ? enrollmentGroups : individualEnrollments;
  return ids?.includes(id.toLowerCase()) ?? false;
};

/** Longer text is none that a person wrote into a rule, and a pattern's time grows with it. */
const textLengthMax = 256;

const finds = ({ path, matcher }: FieldCondition, payload: unknown): boolean => {
  const found = at(payload, path);
  return Array.isArray(found)
    ? found.slice(0, textLengthMax).some((one) => holds(matcher, one))
    : holds(matcher, found);
};

const holds = (matcher: Matcher, value: unknown): boolean => {
  if (matcher instanceof RegExp)
    return typeof value === 'string' && value.length <= textLengthMax && matcher.test(value);
  return matcher.some((wanted) => wanted === value);
};

/** Own properties only: what a device sends may be called `__proto__`. */
const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (held, key) =>
      typeof held === 'object' && held !== null && Object.hasOwn(held, key)
        ? (held as Readonly<Record<string, unknown>>)[key]
        : undefined,
    value,
  );
