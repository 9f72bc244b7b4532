import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generatedFiles } from './generated-files.ts';

/** `npm run generate`: writes what is made out of the code. A test holds it against what stands there. */
const root = path.resolve(import.meta.dirname, '..');

const read = (name: string) => readFile(path.join(root, name), 'utf8');
const queries = (await readdir(path.join(root, 'infra/queries'))).sort();
for (const [file, text] of await generatedFiles(read, queries))
  await writeFile(path.join(root, file), text);
