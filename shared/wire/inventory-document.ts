import { z } from 'zod';
import { type Inventory, inventoryPhases } from '../ports/inventories.ts';
import { hub, scope, time } from './move-document.ts';

const count = z.int().nonnegative();

/** How far the inventory of a scope has come, as a document of the `inventories` container; `id` is the scope. */
const inventoryDocument = z.object({
  schemaVersion: z.literal(1),
  id: scope,
  pass: z.int().positive(),
  phase: z.enum(inventoryPhases),
  begunAt: time,
  endedAt: time.optional(),
  after: z.string().optional(),
  groups: z.array(z.string()),
  hubs: z.array(
    z
      .object({
        hub,
        after: z.string().optional(),
        silentRuns: count,
      })
      .transform(({ after, ...cursor }) => ({ ...cursor, after })),
  ),
  counts: z.object({
    enrollments: count,
    registered: count,
    identities: count,
    takenIn: count,
    updated: count,
    ghosts: count,
    missing: count,
    faults: count,
  }),
});

export const toInventoryDocument = ({ scope, ...inventory }: Inventory) => ({
  schemaVersion: 1 as const,
  id: scope,
  ...inventory,
});

/** @throws ZodError when it is none of ours. */
export const parseInventoryDocument = (document: unknown): Inventory => {
  const { id, schemaVersion: _, endedAt, after, ...read } = inventoryDocument.parse(document);
  return { scope: id, endedAt, after, ...read };
};
