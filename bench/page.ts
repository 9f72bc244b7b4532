import type { Spread } from './measure.ts';

/** What a measurement has to show: tables, and one of them drawn. */
export type Page = {
  readonly title: string;
  readonly tables: readonly Table[];
  readonly chart: Chart;
  /** What it was compared with: packages, whose versions are told. */
  readonly beside?: readonly string[];
};

export type Table = {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
};

/** `count`, `/s`, `ms`, `s`, `%` of a share, `×` of a ratio, `MB`, `RU`, `B`, `$`: the unit of what stands below it. */
export type Column = { readonly name: string; readonly unit: Unit };
export type Unit = 'count' | '/s' | '/min' | 'ms' | 's' | '%' | '×' | 'MB' | 'RU' | 'B' | '$';

/** Cells stand in the order of the columns; undefined, in JSON null: there is none. */
export type Row = { readonly name: string; readonly cells: readonly Cell[] };
export type Cell = Spread | number | string | undefined | null;

/** The table at that place: its rows along the axis, and of its columns those that are named, which are of one unit. */
export type Chart = {
  readonly table: number;
  readonly columns: readonly string[];
  readonly isLog?: boolean;
};

/** The columns of a table whose rows are built by name: `column('p99', 'ms')`. */
export const column = (name: string, unit: Unit): Column => ({ name, unit });

export const medianOf = (cell: Cell): number | undefined => {
  if (typeof cell === 'number') return cell;
  return typeof cell === 'object' ? cell?.median : undefined;
};

/** `1,234,567`, `0.25×`, `9.09 %`; of a spread its median, and its range behind. */
export const sayCell = (cell: Cell, unit: Unit): string => {
  if (cell === undefined || cell === null) return '–';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return `${sayNumber(cell, unit)}${suffixes[unit]}`;
  const { median, least, most } = cell;
  const range = `${sayNumber(least, unit)}–${sayNumber(most, unit)}`;
  return `${sayNumber(median, unit)}${suffixes[unit]} (${range})`;
};

const suffixes: Readonly<Record<Unit, string>> = {
  count: '',
  '/s': '/s',
  '/min': '/min',
  ms: ' ms',
  s: ' s',
  '%': ' %',
  '×': '×',
  MB: ' MB',
  RU: ' RU',
  B: ' B',
  $: ' $',
};

/** Three digits that say something, or all of a whole number. */
const sayNumber = (value: number, unit: Unit): string => {
  const told = unit === '%' ? value * 100 : value;
  const size = Math.abs(told);
  const places = unit === 'count' && Number.isInteger(told) ? 0 : placesFor(size);
  return told.toLocaleString('en', { minimumFractionDigits: 0, maximumFractionDigits: places });
};

const placesFor = (size: number): number => {
  if (size >= 100) return 0;
  if (size >= 10) return 1;
  return size >= 0.1 ? 2 : 4;
};

/** As it is read in a terminal. */
export const toText = ({ title, columns, rows }: Table): string => {
  const [first, ...rest] = gridOf(columns, rows);
  const widths = (first ?? []).map((_, at) =>
    Math.max(...[first, ...rest].map((line) => line?.[at]?.length ?? 0)),
  );
  const lines = [first, ...rest].map((line = []) =>
    line
      .map((cell, at) =>
        at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart((widths[at] ?? 0) + 2),
      )
      .join(''),
  );
  return `\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
};

/** As it stands in a document. */
export const toMarkdown = ({ title, columns, rows }: Table): string => {
  const [first = [], ...rest] = gridOf(columns, rows);
  const rule = first.map((_, at) => (at === 0 ? '---' : '---:'));
  const lines = [first, rule, ...rest].map((line) => `| ${line.join(' | ')} |`);
  return `${title}:\n\n${lines.join('\n')}\n`;
};

const gridOf = (columns: Table['columns'], rows: Table['rows']): readonly (readonly string[])[] => [
  ['', ...columns.map(({ name }) => name)],
  ...rows.map(({ name, cells }) => [
    name,
    ...columns.map(({ unit }, at) => sayCell(cells[at], unit)),
  ]),
];
