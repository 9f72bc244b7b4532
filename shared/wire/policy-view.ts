import type { Draft } from '../flows/manage-policy.ts';
import type { KeptPolicy } from '../ports/policies.ts';
import { toIso } from './device-contract.ts';
import { reasonLengthMax } from './move-order.ts';
import { parsePolicyText, patternsIn, toPolicy } from './parse-policy.ts';
import { type HttpAnswer, type Refusal, refuse } from './problem.ts';

/** A version as operators see it. */
export const toPolicyView = (
  { policy, document, by, reason, at }: KeptPolicy,
  warnings: readonly string[] = [],
): HttpAnswer => ({
  status: 200,
  headers: { etag: `"${policy.version}"` },
  jsonBody: { version: policy.version, at: toIso(at), by, reason, policy: document, warnings },
});

export const toPolicyLine = ({ policy, by, reason }: KeptPolicy): string =>
  JSON.stringify({
    event: 'policy-put',
    version: policy.version,
    by,
    reason,
    rules: policy.rules.length,
  });

/** What somebody puts → the draft, or a refusal that names rule and field. */
export const parsePolicyDraft = (
  text: string,
  reason: string,
  ifMatch: string | undefined,
  by: string,
): { readonly kind: 'draft'; readonly draft: Draft } | Refusal => {
  const why = reason.trim();
  if (why === '' || why.length > reasonLengthMax) {
    const detail = `expected 1 to ${reasonLengthMax} characters`;
    return refuse('bad-request', [{ field: 'reason', detail }]);
  }
  const basedOn = ifMatch === undefined ? undefined : Number(/^"?(\d+)"?$/.exec(ifMatch)?.[1]);
  if (Number.isNaN(basedOn))
    return refuse('bad-request', [{ field: 'If-Match', detail: 'expected a version: "7"' }]);
  const parsed = parsePolicyText(text);
  if (parsed.kind === 'refused') return parsed;
  const { document } = parsed;
  return {
    kind: 'draft',
    draft: {
      document,
      patterns: patternsIn(document),
      toPolicy: (version) => toPolicy(document, version),
      basedOn,
      by,
      reason: why,
    },
  };
};
