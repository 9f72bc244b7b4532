import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/** Part of `npm run build`: the operators' page, `dist/page/`, one script and one style sheet, with what they use inside. */
const root = path.resolve(import.meta.dirname, '..');
const target = path.join(root, 'dist/page');

await mkdir(target, { recursive: true });
const { warnings } = await build({
  entryPoints: { page: path.join(root, 'page/main.tsx') },
  outdir: target,
  bundle: true,
  format: 'esm',
  target: ['chrome120', 'firefox121', 'safari17'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'eof', // the licences of what is inside
  logLevel: 'warning',
});
await build({
  entryPoints: [path.join(root, 'page/page.css')],
  outdir: target,
  bundle: true,
  minify: true,
  logLevel: 'warning',
});
for (const file of ['index.html', 'icon.svg'])
  await cp(path.join(root, 'page', file), path.join(target, file));
if (warnings.length > 0) process.exitCode = 1;
