import type { Policy } from '../../shared/domain/policy.ts';
import { parsePolicy, toPolicy } from '../../shared/wire/parse-policy.ts';

/** A policy as it is written, version 1. */
export const aPolicy = (written: object): Policy => {
  const parsed = parsePolicy(written);
  if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.errors));
  return toPolicy(parsed.document, 1);
};
