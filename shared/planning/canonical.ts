import { createHash } from 'node:crypto';

/**
 * JSON with the members of every object in the order of their names, without white space: one text for one value, as RFC 8785 has it. What is
 * undefined is left out.
 */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([one], [other]) => (one < other ? -1 : 1)))
      : held,
  );

/** `sha256:` and 64 hexadecimal digits. */
export const hashOf = (value: unknown): string =>
  `sha256:${createHash('sha256').update(canonical(value)).digest('hex')}`;
