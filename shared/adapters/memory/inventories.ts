import type { Inventories, Inventory } from '../../ports/inventories.ts';

/** Progress in the process: gone with it. */
export const memoryInventories = (): Inventories => {
  const kept = new Map<string, { readonly inventory: Inventory; readonly version: string }>();
  let writes = 0;
  return {
    read: async (scope) => kept.get(scope),
    write: async (inventory, version) => {
      if (kept.get(inventory.scope)?.version !== version) return 'superseded';
      writes += 1;
      kept.set(inventory.scope, { inventory, version: String(writes) });
      return { version: String(writes) };
    },
  };
};
