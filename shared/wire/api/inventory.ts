import { z } from 'zod';
import { inventoryPhases } from '../../ports/inventories.ts';
import type { Api } from './route.ts';
import { count, hubName, time, type View } from './values.ts';

const inventoryView = z
  .object({
    scope: z.string(),
    pass: count,
    phase: z.enum(inventoryPhases),
    begunAt: time,
    endedAt: time.nullable(),
    groupsLeft: count,
    hubsLeft: z.array(hubName),
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
  })
  .meta({ id: 'Inventory' });
export type InventoryView = View<typeof inventoryView>;

export const inventoryApi = {
  noun: 'inventory',
  isScoped: true,
  routes: {
    readInventory: {
      method: 'GET',
      path: '',
      role: 'Read',
      says: 'How far the fleet was taken in, and what was found.',
      answers: { 200: inventoryView },
    },
  },
} as const satisfies Api;
