import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { rootFolder } from './source.ts';

/** A Functions app in a folder of its own, which lasts as long as the test: its files by path, beside the usual two. */
export const anApp = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'an-app-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await symlink(path.join(rootFolder, 'node_modules'), path.join(folder, 'node_modules'));
  const usual = {
    'package.json': '{ "type": "module", "main": "functions/*.ts" }',
    'host.json': '{ "version": "2.0" }',
  };
  await mkdir(path.join(folder, 'functions'));
  for (const [name, text] of Object.entries({ ...usual, ...files })) {
    await writeFile(path.join(folder, name), text);
  }
  return folder;
};
