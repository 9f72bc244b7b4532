import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/**
 * `npm run bundle`: the built app as a folder of its own, `bundle/`, which starts faster and needs no node_modules. What few doors need is
 * in chunks that are loaded when it is needed, as in the app as it stands.
 */
const root = path.resolve(import.meta.dirname, '..');
const target = path.resolve(process.argv[2] ?? path.join(root, 'bundle'));

/** Packages that are CommonJS ask for Node's own modules by `require`. */
const banner = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const { warnings } = await build({
  entryPoints: [
    path.join(root, 'dist/functions/*.js'),
    // A thread's own file, beside the chunk that starts it.
    { in: path.join(root, 'dist/shared/composition/plan-worker.js'), out: 'chunks/plan-worker' },
  ],
  outdir: target,
  outbase: path.join(root, 'dist'),
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  external: ['@azure/functions-core'], // the host's own
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: true,
  banner: { js: banner },
  logLevel: 'warning',
});
if (warnings.length > 0) process.exitCode = 1;
const { name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const manifest = { name, version, type: 'module', main: 'functions/*.js' };
await writeFile(path.join(target, 'package.json'), JSON.stringify(manifest, null, 2));
await cp(path.join(root, 'host.json'), path.join(target, 'host.json'));
await cp(path.join(root, 'dist/page'), path.join(target, 'page'), { recursive: true });
