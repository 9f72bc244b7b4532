import { z } from 'zod';
import { strategies } from '../domain/policy.ts';
import { initialTwin } from './initial-twin.ts';

/**
 * A policy as people write it, and as it is kept: docs/placement.md. `docs/policy.schema.json` is made of this, for editors.
 */

const shortName = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.-]{0,63}$/,
    'expected a letter or digit, then 63 letters, digits, _ . - at most',
  );
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(100);
const hub = z.hostname().describe('Full host name of an IoT hub.');
const region = z
  .string()
  .regex(/^[a-z0-9]{1,64}$/, "expected Azure's name of a region: westeurope")
  .describe("Azure's name of a region: westeurope.");

const scalar = z.union([z.string().max(256), z.number(), z.boolean()]);
const pattern = z
  .strictObject({
    pattern: z
      .string()
      .min(1)
      .max(200)
      .describe(
        'A regular expression of JavaScript, found anywhere in the text unless ^ and $ say otherwise.',
      ),
  })
  .describe('Text that matches a regular expression.');
const textMatcher = z.union([z.string().max(256), listOf(z.string().max(256)), pattern]);
const matcher = z.union([scalar, listOf(scalar), pattern]);
export type MatcherDocument = z.output<typeof matcher>;

const condition = z
  .strictObject({
    scope: listOf(z.string()).optional().describe('DPS instances, by their scopes.'),
    enrollmentGroup: listOf(z.string().max(128)).optional(),
    individualEnrollment: listOf(z.string().max(128)).optional(),
    registrationId: textMatcher.optional().describe('Case is ignored, as DPS ignores it.'),
    region: listOf(region)
      .optional()
      .describe('Where the device is: its label `region`, else what it says itself.'),
    labels: z.record(shortName, textMatcher).optional().describe('What operators say of it.'),
    payload: z
      .record(z.string().regex(/^[^.]+(\.[^.]+){0,9}$/, 'expected a.path.to.a.field'), matcher)
      .optional()
      .describe('What the device sends when it registers, by the path to a field.'),
  })
  .describe('All that is said must hold; an empty one holds of every device.');

const rule = z.strictObject({
  name: shortName,
  description: z.string().max(1_000).optional(),
  when: condition.default({}),
  hubs: listOf(hub).optional().describe('Only these hubs; under `static` in order of preference.'),
  tags: z.record(shortName, z.string().max(256)).optional().describe('Only hubs with these tags.'),
  regions: listOf(region).optional().describe('Only hubs in these regions: data residency.'),
  tiers: listOf(z.string().regex(/^[FBS][1-3]$/, 'expected S1, B2 …'))
    .optional()
    .describe('Only hubs of these editions.'),
  strategy: z.enum(strategies).optional(),
  quarantine: z.boolean().default(false).describe('New devices begin in quarantine.'),
  initialTwin: initialTwin.optional(),
  continue: z.boolean().default(false).describe('Later rules may apply as well.'),
});
export type RuleDocument = z.output<typeof rule>;

/** Each is looked at for every newcomer. */
const ruleCountMax = 200;

export const policyDocument = z
  .strictObject({
    $schema: z.string().optional(),
    description: z.string().max(1_000).optional(),
    strategy: z.enum(strategies).default('weighted').describe('Where no rule says another.'),
    quarantine: hub.optional().describe('The hub of quarantined devices; it takes no others.'),
    rules: z
      .array(rule)
      .max(ruleCountMax)
      .default([])
      .describe('The first that matches applies, and those after it where it says `continue`.'),
  })
  .meta({ title: 'Rehome placement policy' });
export type PolicyDocument = z.output<typeof policyDocument>;

/** For editors: what may be written. */
export const policyJsonSchema = (): object =>
  z.toJSONSchema(policyDocument, { io: 'input', target: 'draft-07' });
