import path from 'node:path';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { rootFolder } from './source.ts';

/** A Bicep file, as far as tests ask about it: what it declares, and what stands in it. */
export type Bicep = {
  readonly hasError: boolean;
  /** Parameter → whether it has a default. */
  readonly params: ReadonlyMap<string, boolean>;
  readonly outputs: readonly string[];
  readonly variables: ReadonlyMap<string, Value>;
  readonly resources: readonly Resource[];
  readonly modules: readonly Module[];
};

export type Resource = {
  readonly symbol: string;
  /** `Microsoft.Web/sites/config`: a nested one with its parents'. */
  readonly type: string;
  readonly isExisting: boolean;
  readonly condition: string | undefined;
  readonly body: Fields;
};

export type Module = {
  readonly symbol: string;
  readonly file: string;
  readonly condition: string | undefined;
  readonly body: Fields;
};

/** A literal string, or the text of an expression; an object; a list; a call with what it is given. */
export type Value = string | Fields | readonly Value[] | Call;
export type Fields = { readonly [name: string]: Value };
export type Call = { readonly call: string; readonly given: readonly Value[] };

await Parser.init();
const parser = new Parser();
parser.setLanguage(
  await Language.load(
    path.join(rootFolder, 'node_modules/tree-sitter-bicep/tree-sitter-bicep.wasm'),
  ),
);

export const readBicep = (text: string): Bicep => {
  const root = parser.parse(text)?.rootNode;
  if (!root) throw new Error('The parser gave nothing.');
  const top = partsOf(root);
  const named = (type: string) => top.filter((node) => node.type === type);
  return {
    hasError: root.hasError,
    params: new Map(named('parameter_declaration').map(paramOf)),
    outputs: named('output_declaration').map(nameOf),
    variables: new Map(
      named('variable_declaration').map((node) => [nameOf(node), readValue(lastOf(node))] as const),
    ),
    resources: named('resource_declaration').flatMap((node) => resourcesIn(node, '')),
    modules: named('module_declaration').map((node) => ({
      symbol: nameOf(node),
      file: typeOf(node),
      condition: conditionOf(lastOf(node)),
      body: fieldsOf(bodyOf(lastOf(node))),
    })),
  };
};

const partsOf = (node: Node): readonly Node[] =>
  node.namedChildren.filter((child): child is Node => child !== null && child.type !== 'comment');

const nameOf = (node: Node): string =>
  partsOf(node).find(({ type }) => type === 'identifier')?.text ?? '';

const lastOf = (node: Node): Node => partsOf(node).at(-1) ?? node;

const typeOf = (node: Node): string =>
  partsOf(node)
    .find(({ type }) => type === 'string')
    ?.text.slice(1, -1) ?? '';

const paramOf = (node: Node): readonly [string, boolean] => {
  const parts = partsOf(node);
  const typeAt = parts.findIndex(({ type }) => type === 'type');
  return [nameOf(node), parts.length > typeAt + 1];
};

const resourcesIn = (node: Node, parent: string): readonly Resource[] => {
  const [own = ''] = typeOf(node).split('@');
  const type = parent === '' ? own : `${parent}/${own}`;
  const body = bodyOf(lastOf(node));
  const inner = partsOf(body)
    .map((property) => partsOf(property)[0])
    .filter((part): part is Node => part?.type === 'resource_declaration');
  const isExisting = node.children.some((child) => child?.text === 'existing');
  return [
    {
      symbol: nameOf(node),
      type,
      isExisting,
      condition: conditionOf(lastOf(node)),
      body: fieldsOf(body),
    },
    ...inner.flatMap((one) => resourcesIn(one, type)),
  ];
};

/** Under what condition it is made. */
const conditionOf = (node: Node): string | undefined => {
  if (node.type === 'if_statement') return partsOf(node)[0]?.text;
  return node.type === 'for_statement' ? conditionOf(lastOf(node)) : undefined;
};

/** What is made for each, or where a condition holds. */
const bodyOf = (node: Node): Node =>
  node.type === 'for_statement' || node.type === 'if_statement' ? bodyOf(lastOf(node)) : node;

const fieldsOf = (node: Node): Fields =>
  Object.fromEntries(
    partsOf(node)
      .filter(({ type }) => type === 'object_property')
      .filter((property) => partsOf(property)[0]?.type !== 'resource_declaration')
      .map((property) => {
        const [key, value] = partsOf(property);
        const name = key?.type === 'string' ? key.text.slice(1, -1) : (key?.text ?? '');
        return [name, value ? readValue(value) : ''] as const;
      }),
  );

const readValue = (node: Node): Value => {
  switch (node.type) {
    case 'object':
      return fieldsOf(node);
    case 'array':
      return partsOf(node).map(readValue);
    case 'for_statement':
    case 'if_statement':
      return [readValue(bodyOf(node))];
    case 'string':
      return node.text.slice(1, -1);
    case 'call_expression': {
      const [callee, given] = partsOf(node);
      return { call: callee?.text ?? '', given: given ? partsOf(given).map(readValue) : [] };
    }
    default:
      return node.text;
  }
};
