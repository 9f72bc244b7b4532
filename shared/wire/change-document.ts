import { z } from 'zod';
import type { ChangeSource, FeedItem } from '../ports/changes.ts';
import { auditKind, parseAuditDocument } from './audit-document.ts';
import { campaignKind, parseCampaignDocument } from './campaign-document.ts';
import { parseDecisionDocument } from './decision-document.ts';
import { parseDeviceDocument } from './device-document.ts';
import { parseSettledDocument } from './move-document.ts';
import { parsePlanDocument, planKind } from './plan-document.ts';

/** What tells how far the stream was told. */
export const cursorKind = 'cursor';

const cursorDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  kind: z.literal(cursorKind),
  after: z.string(),
});

/** No scope is called so. */
export const cursorId = (source: ChangeSource): string => `told:${source}`;

export const toCursorDocument = (source: ChangeSource, after: string) => ({
  schemaVersion: 1 as const,
  id: cursorId(source),
  kind: cursorKind,
  after,
});

/** @throws ZodError when it is none of ours. */
export const parseCursorDocument = (json: unknown) => cursorDocument.parse(json);

const stored = z.looseObject({
  id: z.string(),
  _etag: z.string(),
  kind: z.string().optional(),
  historyOf: z.string().optional(),
  deviceId: z.string().optional(),
  decidedAt: z.number().optional(),
});
type Stored = z.output<typeof stored>;

/** A document of a change feed; `nothing`: nobody is told of it, as of a device that is not being moved. */
export type ParsedChange =
  | { readonly kind: 'change'; readonly change: FeedItem }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable'; readonly id: string };

export const parseChange = (source: ChangeSource, json: unknown): ParsedChange => {
  const read = stored.safeParse(json);
  if (!read.success) return { kind: 'unreadable', id: 'without an id' };
  try {
    const change = parsers[source](read.data, json);
    return change ? { kind: 'change', change } : { kind: 'nothing' };
  } catch {
    return { kind: 'unreadable', id: read.data.id };
  }
};

const parsers: Readonly<
  Record<ChangeSource, (document: Stored, json: unknown) => FeedItem | undefined>
> = {
  devices: (document, json) => {
    const { _etag: version } = document;
    if (document.decidedAt !== undefined)
      return { version, kind: 'decision', decision: parseDecisionDocument(json) };
    if (document.historyOf !== undefined) {
      const [scope = '', folded = ''] = document.historyOf.split(/:(.*)/s);
      const { deviceId = folded } = document;
      const settled = parseSettledDocument(json);
      return { version, kind: 'settled-move', scope, deviceId, settled };
    }
    const record = parseDeviceDocument(json);
    return record.move ? { version, kind: 'open-move', record } : undefined;
  },
  plans: ({ kind, _etag: version }, json) =>
    kind === planKind ? { version, kind: 'plan', kept: parsePlanDocument(json) } : undefined,
  campaigns: ({ kind, _etag: version }, json) =>
    kind === campaignKind
      ? { version, kind: 'campaign', campaign: parseCampaignDocument(json) }
      : undefined,
  audit: ({ kind, _etag: version }, json) =>
    kind === auditKind ? { version, kind: 'audit', entry: parseAuditDocument(json) } : undefined,
};
