/** A bar of parts, from left to right; the table beside it says the same in numbers. */
export type Part = { readonly kind: string; readonly share: number };

type Props = {
  readonly parts: readonly Part[];
  /** Marks, from 0 to 1. */
  readonly marks?: readonly { readonly kind: string; readonly at: number }[];
};

const width = (share: number): string => `${Math.min(100, Math.max(0, 100 * share)).toFixed(2)}%`;

export const Bar = ({ parts, marks = [] }: Props) => (
  <div class="bar" aria-hidden="true">
    {parts.map(({ kind, share }) => (
      <span key={kind} class={`part ${kind}`} style={{ width: width(share) }} />
    ))}
    {marks.map(({ kind, at }) => (
      <span key={kind} class={`mark ${kind}`} style={{ left: width(at) }} />
    ))}
  </div>
);
