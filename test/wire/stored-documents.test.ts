import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseAuditDocument, toAuditDocument } from '../../shared/wire/audit-document.ts';
import {
  parseCampaignDocument,
  parseCauses,
  parseMovesDocument,
  parseProgressDocument,
  parsePurse,
  toCampaignDocument,
  toMovesDocument,
  toProgressDocument,
  toSharedDocument,
} from '../../shared/wire/campaign-document.ts';
import { parseCursorDocument } from '../../shared/wire/change-document.ts';
import { containers } from '../../shared/wire/containers.ts';
import { parseDecisionDocument } from '../../shared/wire/decision-document.ts';
import { parseDeviceDocument, toDeviceDocument } from '../../shared/wire/device-document.ts';
import { parseEnrollmentDocument } from '../../shared/wire/enrollment-document.ts';
import { parseHubDocument, toHubDocument } from '../../shared/wire/hub-document.ts';
import {
  parseCounts,
  parseIntakeDocument,
  toIntakeDocument,
} from '../../shared/wire/intake-document.ts';
import {
  parseInventoryDocument,
  toInventoryDocument,
} from '../../shared/wire/inventory-document.ts';
import { parseSettledDocument } from '../../shared/wire/move-document.ts';
import {
  parsePageDocument,
  parsePlanDocument,
  toPageDocument,
} from '../../shared/wire/plan-document.ts';
import { parseVersionDocument, toVersionDocument } from '../../shared/wire/policy-version.ts';
import { rootFolder } from '../support/source.ts';

/**
 * Documents as version 1 of each schema was written, by an app that was in the middle of everything. Whoever changes a schema so that one of
 * them is no longer read, or is written otherwise, strands moves under way: they need a schemaVersion of their own (CONTRIBUTING.md).
 */

type Stored = {
  readonly container: string;
  readonly document: {
    readonly id: string;
    readonly slice: string;
    readonly kind: string;
    readonly schemaVersion: number;
    readonly historyOf?: string;
    readonly decidedAt?: number;
  };
};

const file = path.join(rootFolder, 'test/wire/documents-of-version-1.json');
const stored: readonly Stored[] = JSON.parse(await readFile(file, 'utf8'));

/** Read, and written again; of those that are never written twice, read alone. */
const again = ({ container, document }: Stored): object => {
  const { id, slice, kind } = document;
  switch (container) {
    case 'devices':
      if (document.decidedAt !== undefined) return parseDecisionDocument(document) && document;
      if (document.historyOf !== undefined) return parseSettledDocument(document) && document;
      return toDeviceDocument({ id, slice } as never, parseDeviceDocument(document));
    case 'hubs':
      return id.startsWith('intake:')
        ? toIntakeDocument(id.slice(7), parseIntakeDocument(document), parseCounts(document))
        : toHubDocument(parseHubDocument(document));
    case 'enrollments':
      return parseEnrollmentDocument(document) && document;
    case 'inventories':
      return toInventoryDocument(parseInventoryDocument(document));
    case 'plans':
      return kind === 'plan' ? parsePlanDocument(document) && document : planPage(document);
    case 'campaigns':
      return campaignAgain(document);
    case 'audit':
      return kind === 'cursor'
        ? parseCursorDocument(document)
        : toAuditDocument(parseAuditDocument(document));
    default:
      return toVersionDocument(parseVersionDocument(document));
  }
};

const planPage = (document: Stored['document']): object => {
  const [kind = '', run = '', number = ''] = document.id.split('-');
  const key = { id: document.kind, run, kind: kind as 'moves', number: Number(number) };
  return toPageDocument(parsePageDocument(key, document));
};

const campaignAgain = (document: Stored['document']): object => {
  const { id, kind } = document;
  if (kind === 'campaign') return toCampaignDocument(parseCampaignDocument(document));
  if (id === 'purse') return toSharedDocument(id, parsePurse(document));
  if (kind === 'shared') return toSharedDocument(id, parseCauses(document));
  if (id.startsWith('moves-')) return toMovesDocument(kind, 0, parseMovesDocument(document));
  const { number, progress } = parseProgressDocument(document);
  return toProgressDocument(kind, number, progress);
};

test.each(stored)('$container: $document.id is read, and written as it was', (one) => {
  const { _etag: _, ...document } = one.document as Stored['document'] & { _etag?: string };
  expect(again(one)).toMatchObject(document);
});

test('they are of every container, and none of another version is taken for one of them', () => {
  expect(new Set(stored.map(({ container }) => container))).toEqual(
    new Set(Object.keys(containers)),
  );
  expect(stored.some(({ document }) => 'move' in document && document.slice)).toBe(true);
  for (const one of stored) {
    const newer = { ...one, document: { ...one.document, schemaVersion: 2 } };
    expect(() => again(newer), `${one.container}: ${one.document.id}`).toThrow();
  }
});
