import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';

/** What figures are of: machine, Node's version and commit, `+` where files differ from it. */
export const origin = (): string => {
  const [model = 'unknown processor'] = cpus().map((cpu) => cpu.model);
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} × ${model}, ${memoryGiB} GiB, Node ${process.version.slice(1)}, commit ${commit()}`;
};

/** A copy without its history has no commit: the figures are good all the same. */
const commit = (): string => {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty=+'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      cwd: import.meta.dirname,
    }).trim();
  } catch {
    return 'unknown';
  }
};
