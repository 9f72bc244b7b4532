import { describe, expect, test } from 'vitest';
import { violations } from './support/architecture.ts';
import { readSources, type SourceFile } from './support/source.ts';

test('the project keeps its architecture', async () => {
  const files = await readSources();
  expect(files.map(({ path }) => path)).toContain('shared/allocation/allocate.ts');
  expect(violations(files)).toEqual([]);
});

const file = (path: string, ...lines: readonly string[]): SourceFile => ({
  path,
  text: lines.join('\n'),
});

describe('a planted fault is caught', () => {
  const allocation = 'shared/allocation/planted.ts';
  test.each<[fault: string, caught: string, ...files: SourceFile[]]>([
    // the import law
    [
      'an arrow upward',
      'not below',
      file('shared/domain/a.ts', `import { b } from '../allocation/b.ts';`),
    ],
    [
      'an arrow upward, of a type only',
      'not below',
      file('shared/ports/a.ts', `import type { B } from '../flows/b.ts';`),
    ],
    [
      'an arrow upward, inside a type',
      'not below',
      file('shared/flows/a.ts', `type A = import('../wire/b.ts').B;`),
    ],
    [
      'an arrow upward, at run time',
      'not below',
      file('shared/flows/a.ts', `const b = await import('../wire/b.ts');`),
    ],
    [
      'wire importing an adapter',
      'not below',
      file('shared/wire/a.ts', `import { b } from '../adapters/memory/b.ts';`),
    ],
    [
      'a flow reading the settings',
      'not below',
      file('shared/flows/a.ts', `import { b } from '../config/b.ts';`),
    ],
    [
      'settings importing a flow',
      'not below',
      file('shared/config/a.ts', `import { b } from '../flows/b.ts';`),
    ],
    [
      'one technology importing another',
      'not below',
      file('shared/adapters/memory/a.ts', `import { b } from '../system/b.ts';`),
    ],
    [
      'production knowing of local',
      'not below',
      file('shared/composition.ts', `import { b } from '../local/b.ts';`),
    ],
    [
      'local importing a flow',
      'not below',
      file('local/a.ts', `import { b } from '../shared/flows/b.ts';`),
    ],
    ['a package in a pure room', 'does not use', file(allocation, `import { z } from 'zod';`)],
    [
      'a package in a flow',
      'does not use',
      file('shared/flows/a.ts', `import { readFile } from 'node:fs/promises';`),
    ],
    [
      'a door importing a client',
      'does not use',
      file('functions/a.ts', `import { CosmosClient } from '@azure/cosmos';`),
    ],
    ['a barrel', 're-exports', file('shared/domain/hubs.ts', `export * from './hub.ts';`)],
    [
      'a named barrel',
      're-exports',
      file('shared/domain/hubs.ts', `export { hubTable } from './hub-table.ts';`),
    ],
    [
      'a cycle',
      'cycle by way of',
      file('shared/domain/a.ts', `import { b } from './b.ts';`),
      file('shared/domain/b.ts', `import { a } from './a.ts';`),
    ],
    // purity
    ['the clock, read', 'reads the clock', file(allocation, 'export const at = () => Date.now();')],
    [
      'the clock, constructed',
      'reads the clock',
      file(allocation, 'export const at = () => new Date();'),
    ],
    ['dice', 'rolls dice', file(allocation, 'export const any = () => Math.random();')],
    [
      'dice by another name',
      'more than hashing',
      file(allocation, `import { randomUUID } from 'node:crypto';`),
    ],
    [
      'waiting',
      'awaits',
      file(allocation, 'export const a = async (b: Promise<void>) => { await b; };'),
    ],
    ['an async function', 'is async', file(allocation, 'export const a = async () => 1;')],
    [
      'the environment',
      'uses process',
      file(allocation, `export const a = () => process.env['A'];`),
    ],
    [
      'a timer',
      'uses setTimeout',
      file(allocation, 'export const a = (b: () => void) => setTimeout(b, 1);'),
    ],
    [
      'module state',
      'keeps state',
      file(allocation, 'let calls = 0;', 'export const a = () => ++calls;'),
    ],
    ['the clock, in pieces', 'reads the clock', file(allocation, 'const { now } = Date;')],
    [
      'the clock, by a name',
      'reads the clock',
      file(allocation, `export const at = () => Date['now']();`),
    ],
    [
      'the clock, formatted',
      'reads the clock',
      file(allocation, 'export const at = () => new Intl.DateTimeFormat().format();'),
    ],
    ['dice, in pieces', 'rolls dice', file(allocation, 'const { random } = Math;')],
    ['module state, exported', 'keeps state', file(allocation, 'export let calls = 0;')],
    ['a cache in the module', 'keeps state', file(allocation, 'const cache = new Map();')],
    [
      'the clock in a flow',
      'reads the clock',
      file('shared/flows/a.ts', 'export const at = () => Date.now();'),
    ],
    [
      'the environment in wire',
      'uses process',
      file('shared/wire/a.ts', `export const a = process.env['A'];`),
    ],
    [
      'an import in disguise',
      'cannot be read',
      file('shared/flows/a.ts', 'const b = await import(`../wire/b.ts`);'),
    ],
    ['a require', 'uses require', file('shared/flows/a.ts', `const b = require('../wire/b.ts');`)],
    // stray rooms
    [
      'a room that is not on the map',
      'stray room',
      file('shared/services/a.ts', 'export const a = 1;'),
    ],
    ['a file outside every room', 'stray room', file('shared/a.ts', 'export const a = 1;')],
    ['a new folder at the top', 'stray room', file('lib/a.ts', 'export const a = 1;')],
    [
      'a file that is not TypeScript',
      'stray file',
      file('shared/domain/a.js', 'export const a = 1;'),
    ],
    ['a vague room', 'vague', file('shared/domain/utils/a.ts', 'export const a = 1;')],
    ['a vague file', 'vague', file('local/helpers.ts', 'export const a = 1;')],
    ['a nested door', 'flat', file('functions/hubs/a.ts', 'export const a = 1;')],
    ['a class', 'has a class', file('shared/flows/a.ts', 'export class A {}')],
  ])('%s', (_fault, caught, ...files) => {
    expect(violations(files).join('\n')).toContain(caught);
  });

  test('and what is allowed is not', () => {
    expect(
      violations([
        file(
          'shared/domain/a.ts',
          `import { createHash } from 'node:crypto';`,
          'export const a = new Date(0);',
        ),
        file('shared/wire/b.ts', `import { z } from 'zod';`, `import { a } from '../domain/a.ts';`),
        file('shared/composition.ts', `import { c } from './config/c.ts';`),
        file('local/d.ts', `import { b } from '../shared/wire/b.ts';`),
      ]),
    ).toEqual([]);
  });
});
