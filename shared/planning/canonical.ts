import { createHash } from 'node:crypto';

/**
 * JSON with the members of every object in the order of their names, without white space: one text for one value, as RFC 8785 has it. What is
 * undefined is left out.
 */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value));

const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.some(isObject) ? value.map(sorted) : value;
  const members = Object.entries(value).map(([name, held]) => [name, sorted(held)] as const);
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
};

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** `sha256:` and 64 hexadecimal digits. */
export const hashOf = (value: unknown): string => hashOfText(canonical(value));

/** The same of rows of plain values: their JSON is canonical as it stands. */
export const hashOfRows = (rows: readonly (readonly (string | number)[])[]): string =>
  hashOfText(JSON.stringify(rows));

const hashOfText = (text: string): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;
