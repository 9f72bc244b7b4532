import type { ComponentChildren } from 'preact';

/** A table that is wider than a phone is scrolled by itself, by keyboard as well. */
export const Scroll = ({
  of,
  children,
}: {
  readonly of: string;
  readonly children: ComponentChildren;
}) => (
  <div class="scroll" role="group" tabIndex={0} aria-label={of}>
    {children}
  </div>
);
