import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { oneLine } from '../one-line.ts';

export type LocalSettings = {
  readonly file: string;
  readonly values: Readonly<Record<string, string>>;
};

/** Read in this order; the first that exists counts, whole. */
const files = ['local.settings.json', 'local.settings.sample.json'] as const;

const document = z.object({ Values: z.record(z.string(), z.string()) });

/**
 * The app settings of a developer's machine, in Core Tools' format.
 * @throws Error naming the file and what is wrong with it.
 */
export const readLocalSettings = async (appFolder: string): Promise<LocalSettings> => {
  for (const file of files) {
    const text = await readFile(path.join(appFolder, file), 'utf8').catch(absent);
    if (text !== undefined) return { file, values: parse(file, text) };
  }
  throw new Error(`There is neither ${files.join(' nor ')}.`);
};

const absent = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};

const parse = (file: string, text: string): Readonly<Record<string, string>> => {
  try {
    return document.parse(JSON.parse(text)).Values;
  } catch (cause) {
    const why = cause instanceof z.ZodError ? oneLine(cause) : 'it is not JSON';
    throw new Error(`${file}: ${why}`, { cause });
  }
};
