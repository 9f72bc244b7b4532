import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { median, say } from './measure.ts';

const root = path.resolve(import.meta.dirname, '..');
const runCount = 11;

/** What a cold start pays for the app's own modules, in a fresh process each time, beside its two packages alone. */
export const measureImport = (): void => {
  const [packages = 0, app = 0] = [
    `await import('@azure/functions'); await import('zod');`,
    `await import('./dist/functions/allocate-device.js');`,
  ].map((code) => median(Array.from({ length: runCount }, () => importMs(code))));
  say('\nImport, in a fresh process');
  say(
    `  @azure/functions and zod ${packages.toFixed(0)} ms, dist/functions ${app.toFixed(0)} ms (${(app / packages).toFixed(2)}×)`,
  );
};

const importMs = (code: string): number => {
  const timed = `const begun = performance.now(); ${code} process.stdout.write(String(performance.now() - begun));`;
  const flags = ['--input-type=module', '--eval', timed];
  return Number(
    execFileSync(process.execPath, flags, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] }),
  );
};
