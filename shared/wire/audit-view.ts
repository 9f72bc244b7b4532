import type { AuditEntry } from '../ports/audit.ts';
import type { AuditView } from './api/history.ts';
import { toIso } from './device-contract.ts';

/** An entry of the audit as operators see it. */
export const toAuditView = ({ id, at, by, operation, target, outcome }: AuditEntry): AuditView => ({
  id,
  at: toIso(at),
  by,
  operation,
  target,
  outcome: outcome.kind,
  because: 'because' in outcome ? outcome.because : null,
  before: outcome.kind === 'done' ? outcome.before : null,
  after: outcome.kind === 'done' ? outcome.after : null,
});

/** Where a page ended, as clients see it: nothing to build upon. */
export const toAfter = (id: string): string => Buffer.from(id).toString('base64url');

/** undefined: none of ours. */
export const parseAfter = (text: string): string | undefined => {
  const id = Buffer.from(text, 'base64url').toString();
  return /^\d{14}-[0-9a-f]{8}$/.test(id) ? id : undefined;
};
