import type { SqlQuerySpec } from '@azure/cosmos';
import type { AuditTrail } from '../../ports/audit.ts';
import { auditKind, parseAuditDocument, toAuditDocument } from '../../wire/audit-document.ts';
import { containers } from '../../wire/containers.ts';
import type { CosmosDatabase } from './client.ts';

export const cosmosAudit = (database: CosmosDatabase): AuditTrail => {
  const open = async () => (await database()).container(containers.audit.id);
  return {
    put: async (entry, abortSignal) => {
      const { items } = await open();
      await items.upsert(toAuditDocument(entry), { abortSignal });
    },
    recent: async (countMax, before, abortSignal) => {
      const { items } = await open();
      const older = before === undefined ? '' : 'WHERE c.order < @before ';
      const query: SqlQuerySpec = {
        query: `SELECT TOP ${countMax} * FROM c ${older}ORDER BY c.order DESC`,
        parameters: before === undefined ? [] : [{ name: '@before', value: before }],
      };
      const found = await items.query(query, { partitionKey: auditKind, abortSignal }).fetchAll();
      return found.resources.map(parseAuditDocument);
    },
  };
};
