import { z } from 'zod';
import { parseScope } from '../domain/scope.ts';

/**
 * Environment → what the schema makes of it. A blank setting counts as absent.
 * @throws Error whose message names every bad key and what is wrong with it, in one line, without its value.
 */
export const readEnvironment = <Schema extends z.ZodType>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): z.output<Schema> => {
  const present = Object.entries(environment).filter(([, value]) => value?.trim());
  const read = schema.safeParse(Object.fromEntries(present));
  if (!read.success)
    throw new Error(`Bad settings: ${read.error.issues.map(complaint).join('; ')}`);
  return read.data;
};

/** `REHOME_HUBS[1].weight: Too small: expected number to be >=1` */
const complaint = ({ path, message }: z.core.$ZodIssue): string => {
  const [setting, ...inner] = path.map(String);
  return `${setting}${inner.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`)).join('')}: ${message}`;
};

const scope = z.string().transform((text, context) => {
  const parsed = parseScope(text.trim());
  if (parsed) return parsed;
  context.addIssue('expected lower-case letters, digits and inner hyphens, 32 at most');
  return z.NEVER;
});

/** `REHOME_SCOPES` */
export const scopeList = z
  .string()
  .default('main')
  .transform((list) => list.split(','))
  .pipe(z.array(scope))
  .describe('the DPS instances that may ask, by short names of yours, separated by commas');

/** A setting that holds JSON. */
export const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('expected JSON');
    return z.NEVER;
  }
});
