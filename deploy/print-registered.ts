import { glob } from 'node:fs/promises';
import path from 'node:path';
import { provideFunctionsCore } from '../local/functions-host/core.ts';

/** Prints, as JSON, what the app registers under this environment. */
const core = provideFunctionsCore();
const root = path.resolve(import.meta.dirname, '..');
for await (const file of glob('functions/*.ts', { cwd: root })) await import(path.join(root, file));
const told = core
  .functions()
  .map(({ name, bindings, retryOptions }) => ({ name, bindings, retryOptions }))
  .sort((one, other) => (one.name < other.name ? -1 : 1));
process.stdout.write(JSON.stringify(told), () => process.exit());
