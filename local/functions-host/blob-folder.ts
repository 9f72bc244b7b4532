import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isoTime } from '../world.ts';
import type { WriteOutput } from './invoke.ts';

/** Blob outputs as files: `{stateFolder}/blobs/{container}/…`. */
export const blobFolder =
  (stateFolder: string): WriteOutput =>
  async ({ path: template }, data) => {
    const file = path.join(stateFolder, 'blobs', resolved(String(template), Date.now()));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, data.bytes ?? data.string ?? data.json ?? '');
  };

/**
 * The binding expressions that Rehome uses.
 * @throws Error naming another.
 */
const resolved = (template: string, nowMs: number): string =>
  template.replaceAll(/\{([^}]+)\}/g, (_, expression: string) => {
    if (expression === 'rand-guid') return randomUUID();
    if (expression === 'datetime:yyyy-MM-dd') return isoTime(nowMs).slice(0, 10);
    throw new Error(`The embedded host has no binding expression {${expression}}.`);
  });
