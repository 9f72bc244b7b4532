import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Origin, sayOrigin } from './origin.ts';
import { type Page, toMarkdown } from './page.ts';

/** A page as it is kept in docs/performance. */
export type Kept = Page & { readonly name: string; readonly origin: Origin };

const marked = /<!-- bench (?<name>[\w/-]+) -->\n.*?<!-- end -->/gs;

/** docs/performance.md with what is kept in that folder between its marks: `<!-- bench NAME -->` to `<!-- end -->`. */
export const performancePage = async (text: string, folder: string): Promise<string> => {
  const names = [...text.matchAll(marked)].map(({ groups }) => groups?.['name'] ?? '');
  const parts = new Map<string, string>();
  for (const name of names) parts.set(name, await partOf(name, folder));
  return text.replaceAll(marked, (_, name: string) => parts.get(name) ?? '');
};

const partOf = async (name: string, folder: string): Promise<string> => {
  const kept: Kept = JSON.parse(await readFile(path.join(folder, `${name}.json`), 'utf8'));
  const lines = [
    `<!-- bench ${name} -->`,
    ...kept.tables.map((table) => toMarkdown(table)),
    `![${kept.title}](performance/${name}.svg)`,
    '',
    `\`npm run bench -- ${kept.name} --seed ${kept.origin.seed}\`: ${sayOrigin(kept.origin)}.`,
    '<!-- end -->',
  ];
  return lines.join('\n');
};
