import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generatedFiles } from './generated-files.ts';

/** `npm run generate`: writes what is made out of the code. A test holds it against what stands there. */
const root = path.resolve(import.meta.dirname, '..');

for (const [file, text] of await generatedFiles((name) => readFile(path.join(root, name), 'utf8')))
  await writeFile(path.join(root, file), text);
