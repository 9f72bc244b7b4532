import type { Node } from 'oxc-parser';
import { type Parsed, parse, type SourceFile } from './source.ts';

/**
 * The rooms from the top down. A room imports only rooms below it (and its own), and of packages only its own list. Those
 * marked pure read no clock, roll no dice, await nothing and keep nothing between calls.
 */
type Room = {
  readonly name: string;
  readonly packages: readonly RegExp[];
  readonly pure?: true;
};

const hashing = [/^node:crypto$/];

const rooms: readonly Room[] = [
  { name: 'functions', packages: [/^@azure\/functions$/] },
  { name: 'shared/composition.ts', packages: [] },
  { name: 'shared/adapters', packages: [/./] },
  { name: 'shared/wire', packages: [/^zod$/] },
  { name: 'shared/flows', packages: [] },
  { name: 'shared/ports', packages: [] },
  { name: 'shared/campaign', packages: hashing, pure: true },
  { name: 'shared/planning', packages: hashing, pure: true },
  { name: 'shared/allocation', packages: hashing, pure: true },
  { name: 'shared/domain', packages: hashing, pure: true },
];

/** Beside the column: whom they may import of it, and who may import them. */
const config: Room = { name: 'shared/config', packages: [/^zod$/] };
const configReaders = ['functions', 'shared/composition.ts'];
const localMayImport = ['shared/wire', 'shared/domain'];
const outside = ['local', 'test', 'bench'];
const rootFiles = ['vitest.config.ts'];

const vagueNames = /^(utils?|helpers?|common|types?|misc|index)(\.ts)?$/;

/** Every breach of the architecture in these files, as `path: what is wrong`. */
export const violations = (files: readonly SourceFile[]): readonly string[] => {
  const parsed = files.map(parse);
  return [
    ...parsed.flatMap((file) =>
      rules.flatMap((rule) => rule(file).map((wrong) => `${file.path}: ${wrong}`)),
    ),
    ...cycles(parsed),
  ];
};

type Rule = (file: Parsed) => readonly string[];

const roomOf = (path: string): Room | undefined =>
  [...rooms, config].find(({ name }) => path === name || path.startsWith(`${name}/`));

const isOutside = (path: string): boolean => outside.includes(path.split('/')[0] ?? '');

const noStrayRoom: Rule = ({ path }) => {
  if (path.split('/').some((part) => vagueNames.test(part))) return ['a vague name says nothing'];
  if (isOutside(path) || rootFiles.includes(path)) return [];
  if (!roomOf(path)) return ['stray room'];
  return /^functions\/.*\//.test(path) ? ['doors lie flat in functions/'] : [];
};

const downwardOnly: Rule = ({ path, imports }) =>
  imports
    .filter(({ isFile, of }) => isFile && !mayImport(path, of))
    .map(({ of }) => `imports ${of}, which is not below it`);

const mayImport = (from: string, to: string): boolean => {
  const [importer, imported] = [roomOf(from), roomOf(to)];
  if (!importer) return !from.startsWith('local/') || isLocalImport(to);
  if (!imported) return false;
  if (imported === config) return importer === config || configReaders.includes(importer.name);
  if (importer === config) return imported.name === 'shared/domain';
  if (importer.name === 'shared/adapters' && imported === importer) {
    return from.split('/')[2] === to.split('/')[2];
  }
  return rooms.indexOf(importer) <= rooms.indexOf(imported);
};

const isLocalImport = (to: string): boolean =>
  to.startsWith('local/') || localMayImport.some((room) => to.startsWith(`${room}/`));

const ownPackagesOnly: Rule = ({ path, imports }) => {
  const room = roomOf(path);
  if (!room) return [];
  return imports
    .filter(({ isFile, of }) => !isFile && !room.packages.some((allowed) => allowed.test(of)))
    .map(({ of }) => `imports ${of}, which its room does not use`);
};

const noBarrel: Rule = ({ statements }) =>
  statements.some(
    (node) =>
      node.type === 'ExportAllDeclaration' ||
      (node.type === 'ExportNamedDeclaration' && !!node.source),
  )
    ? ['re-exports: import the file that has the thing']
    : [];

const noClass: Rule = ({ path, nodes }) =>
  !isOutside(path) && !path.startsWith('shared/adapters/') && nodes.some(isClass)
    ? ['has a class']
    : [];

const isClass = ({ type }: Node): boolean =>
  type === 'ClassDeclaration' || type === 'ClassExpression';

const impureGlobals =
  /^(process|globalThis|console|performance|crypto|fetch|setTimeout|setInterval|setImmediate|queueMicrotask)$/;

const pureStaysPure: Rule = ({ path, nodes, statements, imports }) => {
  if (!roomOf(path)?.pure) return [];
  const random = imports.filter(
    ({ of, names }) => of === 'node:crypto' && !names.every((name) => /[hH]ash$/.test(name)),
  );
  return [
    ...nodes.flatMap(impurity),
    ...random.map(() => 'takes more than hashing from node:crypto'),
    ...statements.filter(isModuleState).map(() => 'keeps state in the module'),
  ];
};

const isModuleState = (node: Node): boolean =>
  node.type === 'VariableDeclaration' && node.kind !== 'const';

const impurity = (node: Node): readonly string[] => {
  switch (node.type) {
    case 'AwaitExpression':
    case 'ImportExpression':
      return ['awaits'];
    case 'ArrowFunctionExpression':
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return node.async ? ['is async'] : [];
    case 'Identifier':
      return impureGlobals.test(node.name) ? [`uses ${node.name}`] : [];
    case 'NewExpression':
      return isNamed(node.callee, 'Date') && node.arguments.length === 0 ? ['reads the clock'] : [];
    case 'CallExpression':
      return isNamed(node.callee, 'Date') ? ['reads the clock'] : [];
    case 'MemberExpression':
      if (isNamed(node.object, 'Date') && isNamed(node.property, 'now')) return ['reads the clock'];
      return isNamed(node.object, 'Math') && isNamed(node.property, 'random') ? ['rolls dice'] : [];
    default:
      return [];
  }
};

const isNamed = (node: Node, name: string): boolean =>
  node.type === 'Identifier' && node.name === name;

const rules: readonly Rule[] = [
  noStrayRoom,
  downwardOnly,
  ownPackagesOnly,
  noBarrel,
  noClass,
  pureStaysPure,
];

/** Files that import themselves by way of others, each cycle once. */
const cycles = (files: readonly Parsed[]): readonly string[] => {
  const importsOf = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.filter(({ isFile }) => isFile).map(({ of }) => of),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push(
        `${path}: cycle by way of ${trail.slice(trail.indexOf(path) + 1).join(', ') || 'itself'}`,
      );
    } else if (!done.has(path)) {
      for (const imported of importsOf.get(path) ?? []) visit(imported, [...trail, path]);
      done.add(path);
    }
  };
  for (const { path } of files) visit(path, []);
  return found;
};
