import type { ComponentChildren } from 'preact';
import { Scroll } from './scroll.tsx';

export type Column<Row> = {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand under each other; the head of a row says what it is about. */
  readonly kind?: 'number' | 'head';
};

type Props<Row> = {
  readonly of: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** Whether it is the one that is under way. */
  readonly isNow?: (row: Row) => boolean;
};

const never = (): boolean => false;

/** Rows under their names. */
export const Table = <Row,>({ of, columns, rows, keyOf, isNow = never }: Props<Row>) => (
  <Scroll of={of}>
    <table>
      <thead>
        <tr>
          {columns.map(({ name, kind }) => (
            <th key={name} scope="col" class={kind === 'number' ? 'number' : ''}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={keyOf(row)}
            class={isNow(row) ? 'now' : ''}
            aria-current={isNow(row) ? 'step' : undefined}
          >
            {columns.map(({ name, kind, cell }) =>
              kind === 'head' ? (
                <th key={name} scope="row">
                  {cell(row)}
                </th>
              ) : (
                <td key={name} class={kind ?? ''}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);
