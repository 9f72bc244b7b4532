import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { rootFolder } from './source.ts';

const run = promisify(execFile);

export type Said = { readonly code: number; readonly out: string; readonly err: string };

/** `npx rehome`, in a process of its own, as an operator of that app. */
export const aCommand =
  (url: string, token: string, environment: NodeJS.ProcessEnv = {}) =>
  async (...given: readonly string[]): Promise<Said> => {
    const flags = [
      path.join(rootFolder, 'cli/rehome.ts'),
      ...given,
      '--url',
      url,
      '--token',
      token,
    ];
    try {
      const { stdout, stderr } = await run(process.execPath, flags, {
        cwd: rootFolder,
        env: { ...process.env, ...environment },
      });
      return { code: 0, out: stdout, err: stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout, err: stderr };
    }
  };
