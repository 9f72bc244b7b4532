import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { PageFiles } from '../../ports/page-files.ts';

const zipped = promisify(gzip);

/** What the page is made of: nothing else is served. */
const types: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** Beside the built app, and beside the bundled one. */
const folders = ['../../../page/', '../page/'].map((folder) => new URL(folder, import.meta.url));

/** The page's files, read once. */
export const pageFiles = (): PageFiles => {
  const kept = new Map<string, ReturnType<PageFiles>>();
  return (name) => {
    const type = Object.hasOwn(types, name) ? types[name] : undefined;
    if (type === undefined) return Promise.resolve(undefined);
    const known = kept.get(name) ?? open(name, type);
    kept.set(name, known);
    known.catch(() => kept.delete(name));
    return known;
  };
};

const open = async (name: string, type: string) => {
  const whole = await readFirst(name);
  const etag = `"${createHash('sha256').update(whole).digest('base64url').slice(0, 22)}"`;
  return { type, etag, whole, zipped: await zipped(whole) };
};

const readFirst = async (name: string): Promise<Buffer> => {
  for (const folder of folders)
    try {
      return await readFile(new URL(name, folder));
    } catch {} // it may be in the other
  throw new Error(`There is no ${name}: npm run build makes it.`);
};
