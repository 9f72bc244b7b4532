import { z } from 'zod';

/**
 * An object whose property names are read without case, because Azure's own documents spell one property three ways
 * (`currentIotHubHostName`). An exact spelling wins over another; null counts as absent; unknown properties are dropped.
 */
export const folded = <Shape extends z.ZodRawShape>(shape: Shape) => {
  const canonical = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  return z.preprocess((value) => fold(value, canonical), z.object(shape));
};

const fold = (value: unknown, canonical: ReadonlyMap<string, string>): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const found: Record<string, unknown> = {};
  for (const [spelled, held] of Object.entries(value)) {
    const name = canonical.get(spelled.toLowerCase());
    if (name === undefined || held === null) continue;
    if (!(name in found) || spelled === name) found[name] = held;
  }
  return found;
};
