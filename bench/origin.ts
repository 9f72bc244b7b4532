import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** What figures are of. */
export type Origin = {
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  /** `+` where files differ from it; `unknown` in a copy without its history. */
  readonly commit: string;
  readonly seed: number;
};

export const originOf = (seed: number, packages: readonly string[] = []): Origin => {
  const [model = 'unknown processor'] = cpus().map((cpu) => cpu.model);
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return {
    machine: `${availableParallelism()} × ${model}, ${memoryGiB} GiB`,
    versions: {
      node: process.version.slice(1),
      rehome: versionIn(root),
      ...Object.fromEntries(
        packages.map((name) => [name, versionIn(path.join(root, 'node_modules', name))]),
      ),
    },
    commit: commit(),
    seed,
  };
};

export const sayOrigin = ({ machine, versions, commit: at, seed }: Origin): string => {
  const told = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${machine}; ${told.join(', ')}; commit ${at}, seed ${seed}`;
};

const versionIn = (folder: string): string =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version;

const commit = (): string => {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty=+'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      cwd: root,
    }).trim();
  } catch {
    return 'unknown';
  }
};
