import { z } from 'zod';
import { hubHostName } from '../domain/hub.ts';
import { instant } from '../domain/instant.ts';
import { parseScope } from '../domain/scope.ts';
import { type Inventory, inventoryPhases } from '../ports/inventories.ts';

const time = z.number().transform(instant);
const count = z.int().nonnegative();

/** How far the inventory of a scope has come, as a document of the `inventories` container; `id` is the scope. */
const inventoryDocument = z.object({
  schemaVersion: z.literal(1),
  id: z.string().transform((text, context) => {
    const scope = parseScope(text);
    if (scope) return scope;
    context.addIssue('not a scope');
    return z.NEVER;
  }),
  pass: z.int().positive(),
  phase: z.enum(inventoryPhases),
  begunAt: time,
  endedAt: time.optional(),
  after: z.string().optional(),
  groups: z.array(z.string()),
  hubs: z.array(
    z
      .object({
        hub: z.string().transform(hubHostName),
        after: z.string().optional(),
        silentRuns: count,
      })
      .transform(({ hub, after, silentRuns }) => ({ hub, after, silentRuns })),
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
