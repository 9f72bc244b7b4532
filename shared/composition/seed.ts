import { judgePattern } from '../adapters/redos/judge-pattern.ts';
import { systemComplaint } from '../adapters/system/complaint.ts';
import { noPolicy, type Policy } from '../domain/policy.ts';
import { slowAmong } from '../flows/manage-policy.ts';
import { parsePolicy, patternsIn, toPolicy } from '../wire/parse-policy.ts';

export type Seed = {
  readonly document: object;
  readonly policy: () => Policy;
  /** Once its patterns were judged. */
  readonly judged: Promise<void>;
};

/**
 * The policy of the settings, once its patterns have been found harmless, which is in a moment: until then, and where they are not, none.
 * @throws Error naming what is wrong with it.
 */
export const seedOf = (json: unknown): Seed => {
  const parsed = parsePolicy(json);
  if (parsed.kind === 'refused') {
    const wrong = parsed.errors.map(({ field, detail }) => `REHOME_POLICY.${field}: ${detail}`);
    throw new Error(`Bad settings: ${wrong.join('; ')}`);
  }
  const { document } = parsed;
  const patterns = patternsIn(document);
  const policy = toPolicy(document, 0);
  let known = patterns.length === 0 ? policy : noPolicy;
  const judged = slowAmong(patterns, judgePattern).then((slow) => {
    if (slow.length === 0) known = policy;
    else systemComplaint(JSON.stringify({ event: 'seed-policy-refused', errors: slow }));
  });
  return { document, policy: () => known, judged };
};
