import type { CallExpression, Node } from 'oxc-parser';
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
  { name: 'shared/composition', packages: [] },
  { name: 'shared/adapters', packages: [/./] },
  { name: 'shared/wire', packages: [/^zod$/, ...hashing] },
  { name: 'shared/flows', packages: [] },
  { name: 'shared/ports', packages: [] },
  { name: 'shared/campaign', packages: hashing, pure: true },
  { name: 'shared/planning', packages: hashing, pure: true },
  { name: 'shared/allocation', packages: hashing, pure: true },
  { name: 'shared/domain', packages: hashing, pure: true },
];

/** Beside the column: whom they may import of it, and who may import them. */
const config: Room = { name: 'shared/config', packages: [/^zod$/] };
const configReaders = ['functions', 'shared/composition.ts', 'shared/composition'];
const localMayImport = ['shared/wire', 'shared/domain'];
const outside = ['local', 'cli', 'page', 'deploy', 'test', 'bench'];
/** It runs in a browser: of the app it knows what the API answers, and nothing else. */
const pageMayImport = ['page/', 'shared/wire/api/'];
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
  if (!path.endsWith('.ts') && !isOutside(path))
    return ['stray file: production code is TypeScript'];
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
  if (from.startsWith('page/')) return pageMayImport.some((room) => to.startsWith(room));
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
  /^(process|globalThis|console|performance|crypto|fetch|require|setTimeout|setInterval|setImmediate|queueMicrotask)$/;

const pureStaysPure: Rule = ({ path, nodes, statements, imports }) => {
  if (!roomOf(path)?.pure) return [];
  const random = imports.filter(
    ({ of, names }) => of === 'node:crypto' && !names.every((name) => /[hH]ash$/.test(name)),
  );
  return [
    ...nodes.flatMap(waiting),
    ...random.map(() => 'takes more than hashing from node:crypto'),
    ...statements.filter(isModuleState).map(() => 'keeps state in the module'),
  ];
};

/** Clock, dice, environment and timers come in as arguments; adapters reach for them, and config for the environment. */
const nothingAmbient: Rule = ({ path, nodes }) => {
  if (isOutside(path) || rootFiles.includes(path) || path.startsWith('shared/adapters/')) return [];
  const allowed = new Set(nodes.flatMap(harmlessUses));
  return nodes.flatMap((node) => {
    if (node.type === 'CallExpression' && isCurrentTimeFormat(node)) return ['reads the clock'];
    if (node.type === 'ImportExpression' && node.source.type !== 'Literal')
      return ['imports what cannot be read here'];
    if (node.type !== 'Identifier' || allowed.has(node.start)) return [];
    if (node.name === 'Date') return ['reads the clock'];
    if (node.name === 'Math') return ['rolls dice'];
    if (node.name === 'process' && path.startsWith('shared/config/')) return [];
    return impureGlobals.test(node.name) ? [`uses ${node.name}`] : [];
  });
};

/** Where a `Date` with a given time, or a function of `Math` other than `random`, begins. */
const harmlessUses = (node: Node): readonly number[] => {
  if (node.type === 'NewExpression') return node.arguments.length > 0 ? [node.callee.start] : [];
  if (node.type !== 'MemberExpression' || node.computed || !isNamed(node.object, 'Math')) return [];
  return isNamed(node.property, 'random') ? [] : [node.object.start];
};

/** `new Intl.DateTimeFormat(…).format()` without a time means now. */
const isCurrentTimeFormat = ({ callee, arguments: given }: CallExpression): boolean =>
  given.length === 0 &&
  callee.type === 'MemberExpression' &&
  (isNamed(callee.property, 'format') || isNamed(callee.property, 'formatToParts'));

const isModuleState = (statement: Node): boolean => {
  const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (node?.type !== 'VariableDeclaration') return false;
  return (
    node.kind !== 'const' || node.declarations.some(({ init }) => init && isEmptyCollection(init))
  );
};

const isEmptyCollection = (node: Node): boolean =>
  node.type === 'NewExpression' && node.arguments.length === 0;

const waiting = (node: Node): readonly string[] => {
  switch (node.type) {
    case 'AwaitExpression':
    case 'ImportExpression':
      return ['awaits'];
    case 'ArrowFunctionExpression':
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return node.async ? ['is async'] : [];
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
  nothingAmbient,
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
