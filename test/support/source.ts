import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Node, parseSync } from 'oxc-parser';

export type SourceFile = { readonly path: string; readonly text: string };

/** A source file as the architecture test sees it: what it imports, and every node of its tree. */
export type Parsed = SourceFile & {
  readonly imports: readonly Import[];
  readonly nodes: readonly Node[];
  /** Statements at the top of the module. */
  readonly statements: readonly Node[];
};

export type Import = {
  /** A package (`zod`, `node:crypto`), or the imported file's path from the root. */
  readonly of: string;
  readonly isFile: boolean;
  readonly names: readonly string[];
};

export const rootFolder = path.resolve(import.meta.dirname, '../..');

export const readSources = async (): Promise<readonly SourceFile[]> => {
  const ignored = ['**/node_modules/**', 'dist/**', 'bundle/**', 'test/mutation/reports/**'];
  const paths = await Array.fromAsync(
    glob('**/*.{ts,tsx,js,mjs,cjs}', { cwd: rootFolder, exclude: ignored }),
  );
  return Promise.all(
    paths.sort().map(async (file) => ({
      path: file,
      text: await readFile(path.join(rootFolder, file), 'utf8'),
    })),
  );
};

export const parse = (file: SourceFile): Parsed => {
  const { program, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]?.message}`);
  const nodes = [...walk(program)];
  return {
    ...file,
    nodes,
    statements: program.body,
    imports: nodes.flatMap((node) => toImport(file.path, node)),
  };
};

const walk = function* (value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* walk(item);
  } else if (typeof value === 'object' && value !== null) {
    if ('type' in value && typeof value.type === 'string') yield value as Node;
    for (const held of Object.values(value)) yield* walk(held);
  }
};

const toImport = (from: string, node: Node): readonly Import[] => {
  const specifier = specifierOf(node);
  if (specifier === undefined) return [];
  const isFile = specifier.startsWith('.');
  const names =
    node.type === 'ImportDeclaration'
      ? node.specifiers.map((one) =>
          'imported' in one && 'name' in one.imported ? one.imported.name : '*',
        )
      : ['*'];
  return [
    {
      of: isFile ? path.posix.join(path.posix.dirname(from), specifier) : specifier,
      isFile,
      names,
    },
  ];
};

const specifierOf = (node: Node): string | undefined => {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'TSImportType':
      return node.source?.value;
    case 'ImportExpression':
      return node.source.type === 'Literal' ? String(node.source.value) : undefined;
    default:
      return undefined;
  }
};
