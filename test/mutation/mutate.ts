import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rootFolder } from '../support/source.ts';

/** `npm run mutate -- ROOM [FILES]`: breaks a pure room in every small way, and counts what its own tests do not notice. Outside CI. */

/** Whose tests show what a room does: words have none of their own. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  domain: ['allocation', 'planning', 'campaign', 'wire'],
  allocation: ['allocation'],
  planning: ['planning'],
  campaign: ['campaign'],
};
const [room = '', files = `shared/${room}/**/*.ts`] = process.argv.slice(2);
const testedBy = rooms[room];
if (!testedBy) throw new Error(`expected one of ${Object.keys(rooms).join(', ')}`);

const folder = path.join(rootFolder, 'test/mutation');
const reports = path.join(folder, 'reports');
const configFile = path.join(reports, `${room}.config.json`);
const testsFile = path.join(reports, `${room}.vitest.config.mjs`);
mkdirSync(reports, { recursive: true });
const include = testedBy.map((name) => `test/${name}/**/*.test.ts`);
/** Thousands of cases to a mutant would take days. */
const exclude = [
  '**/*.laws.test.ts',
  '**/optimum.test.ts',
  '**/year.test.ts',
  '**/million.test.ts',
];
const tests = { include, exclude, testTimeout: 20_000 };
writeFileSync(testsFile, `export default ${JSON.stringify({ test: tests })};`);
writeFileSync(
  configFile,
  JSON.stringify({
    packageManager: 'npm',
    testRunner: 'vitest',
    plugins: [path.join(folder, 'node_modules/@stryker-mutator/vitest-runner/dist/src/index.js')],
    vitest: { configFile: testsFile, related: false },
    mutate: [files],
    coverageAnalysis: 'perTest',
    ignoreStatic: true, // constants of a module: each takes all of its tests
    ignorePatterns: ['dist', '.local', 'bench', 'test/mutation'],
    reporters: ['clear-text', 'json'],
    clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
    jsonReporter: { fileName: path.join(reports, `${room}.json`) },
    tsconfigFile: 'none', // rewriting it takes an API that TypeScript 7 does not have
    concurrency: 2,
    timeoutMS: 20_000,
  }),
);

const stryker = path.join(folder, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const options = { cwd: rootFolder, stdio: 'inherit' } as const;
const { status } = spawnSync(process.execPath, [stryker, 'run', configFile], options);
process.exitCode = status ?? 1;
