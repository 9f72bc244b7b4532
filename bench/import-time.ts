import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median, say } from './measure.ts';

const root = path.resolve(import.meta.dirname, '..');
const runCount = 11;

/** What a cold start pays for the app's own modules, all doors, in a fresh process each time: as it stands, and as a bundle. */
export const measureImport = (): void => {
  const bundle = mkdtempSync(path.join(tmpdir(), 'rehome-bundle-'));
  execFileSync(process.execPath, [path.join(root, 'deploy/bundle.ts'), bundle]);
  const works = {
    '@azure/functions alone': `await import('@azure/functions');`,
    '@azure/functions and zod': `await import('@azure/functions'); await import('zod');`,
    'the app': doorsOf(path.join(root, 'dist/functions')),
    'the app, bundled': doorsOf(path.join(bundle, 'functions')),
    '@azure/cosmos, which the first device loads': `await import('@azure/cosmos');`,
  };
  const times = new Map<string, number[]>();
  for (let run = 0; run < runCount; run += 1)
    for (const [name, code] of Object.entries(works))
      times.set(name, [...(times.get(name) ?? []), importMs(code)]);
  rmSync(bundle, { recursive: true });
  const app = median(times.get('the app') ?? []);
  say('\nImport, in a fresh process');
  for (const [name, measured] of times) {
    const ms = median(measured);
    say(`  ${name.padEnd(46)}${ms.toFixed(0).padStart(5)} ms${(ms / app).toFixed(2).padStart(7)}×`);
  }
};

const doorsOf = (folder: string): string =>
  `const { readdirSync } = await import('node:fs');
   for (const file of readdirSync('${folder}')) if (file.endsWith('.js')) await import('${folder}/' + file);`;

const importMs = (code: string): number => {
  const timed = `const begun = performance.now(); ${code} process.stdout.write(String(performance.now() - begun)); process.exit();`;
  const flags = ['--input-type=module', '--eval', timed];
  return Number(
    execFileSync(process.execPath, flags, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] }),
  );
};
