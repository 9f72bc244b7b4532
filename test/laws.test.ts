import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSources, rootFolder } from './support/source.ts';

const cited = (text: string): readonly string[] =>
  [...text.matchAll(/\[([A-Z]\d+)\]/g)].map(([, id]) => id ?? '');

test('every law has a test that names it, and every id that is cited is a law', async () => {
  const book = await readFile(path.join(rootFolder, 'docs/laws.md'), 'utf8');
  const laws = new Set([...book.matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, id]) => id ?? ''));
  const sources = await readSources();
  const titles = sources
    .filter(({ path: file }) => file.endsWith('.test.ts'))
    .flatMap(
      ({ text }) =>
        text.match(/\btest(?!\.skip|\.todo|\.fails)(?:\.each)?.*?['"`]\[.*?['"`]/gs) ?? [],
    );
  expect(laws.size).toBeGreaterThan(0);
  expect([...laws].filter((id) => !titles.flatMap(cited).includes(id))).toEqual([]);
  expect(sources.flatMap(({ text }) => cited(text)).filter((id) => !laws.has(id))).toEqual([]);
});
