import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Imports the app's entry points: package.json's `main`, a glob, as the worker does.
 * @throws Error naming the pattern that matched nothing, or the file that failed to load, with `cause`.
 */
export const loadApp = async (appFolder: string): Promise<void> => {
  const { main } = JSON.parse(await readFile(path.join(appFolder, 'package.json'), 'utf8'));
  const files = (await Array.fromAsync(glob(main, { cwd: appFolder }))).sort();
  if (files.length === 0) throw new Error(`package.json's main, ${main}, matches no file.`);
  for (const file of files) {
    try {
      await import(pathToFileURL(path.join(appFolder, file)).href);
    } catch (cause) {
      throw new Error(`${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
};
