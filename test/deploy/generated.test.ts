import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../deploy/generated-files.ts';
import { hostJsonReasons, leavesOf } from '../../deploy/host-json-reasons.ts';
import { rootFolder } from '../support/source.ts';

/** What is made out of the code, against what stands in the repository. */

const read = (file: string): Promise<string> => readFile(path.join(rootFolder, file), 'utf8');

const queries = await readdir(path.join(rootFolder, 'infra/queries'));
const files = await generatedFiles(read, queries.sort());

test.each([...files])('%s is what npm run generate makes', async (file, text) => {
  expect(await read(file)).toBe(text);
});

test('every value of host.json has its reason, and every reason its value', async () => {
  const leaves = leavesOf(JSON.parse(await read('host.json')));
  expect(Object.keys(hostJsonReasons)).toEqual(leaves);
});

test('no setting that holds a key is deployed', () => {
  const deployed = Object.keys(JSON.parse(files.get('infra/generated/settings.json') ?? ''));
  expect(deployed).not.toContain('REHOME_COSMOS');
  expect(deployed).not.toContain('REHOME_EVENTS');
  expect(deployed).not.toContain('REHOME_HUB_CONNECTIONS');
  expect(deployed).toContain('REHOME_DIAL');
});
