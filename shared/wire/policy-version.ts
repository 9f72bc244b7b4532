import { z } from 'zod';
import { instant } from '../domain/instant.ts';
import type { KeptPolicy } from '../ports/policies.ts';
import { toPolicy } from './parse-policy.ts';
import { policyDocument } from './policy-document.ts';

/** The one partition of the `policy` container. */
export const policyKind = 'policy';

export const versionId = (version: number): string => `v${version}`;

/** A version of the policy, as a document of the `policy` container. */
const versionDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  kind: z.literal(policyKind),
  version: z.int().positive(),
  document: policyDocument,
  by: z.string(),
  reason: z.string(),
  at: z.number().transform(instant),
});

export const toVersionDocument = ({ policy, document, by, reason, at }: KeptPolicy) => ({
  schemaVersion: 1 as const,
  id: versionId(policy.version),
  kind: policyKind,
  version: policy.version,
  document,
  by,
  reason,
  at,
});

/** @throws ZodError when it is none of ours. */
export const parseVersionDocument = (json: unknown): KeptPolicy => {
  const { version, document, by, reason, at } = versionDocument.parse(json);
  return { policy: toPolicy(document, version), document, by, reason, at };
};
