import type { VirtualWorld } from './virtual-world.ts';

/** What happened, as a person would tell it: when, who, what. */
export type Line = { readonly atMs: number; readonly who: string; readonly what: string };

export type Story = {
  readonly lines: Line[];
  /** A law, and how it was broken: once for each way. */
  readonly violations: Violation[];
  readonly tell: (who: string, what: string) => void;
  readonly violate: (law: string, what: string, about?: string) => void;
};

export type Violation = {
  readonly law: string;
  readonly what: string;
  readonly atMs: number;
  /** The device that it befell. */
  readonly about: string | undefined;
};

export const newStory = (world: VirtualWorld): Story => {
  const lines: Line[] = [];
  const violations: Violation[] = [];
  const tell = (who: string, what: string): void => {
    lines.push({ atMs: world.now(), who, what });
  };
  return {
    lines,
    violations,
    tell,
    violate: (law, what, about) => {
      if (violations.some((one) => one.law === law && one.what === what)) return;
      violations.push({ law, what, atMs: world.now(), about });
      tell('the law', `${law} is broken: ${what}`);
    },
  };
};

/** `day 2, 03:14:07` */
export const timeOf = (atMs: number): string => {
  const clock = new Date(atMs).toISOString().slice(11, 19);
  return `day ${Math.floor(atMs / 86_400_000) + 1}, ${clock}`;
};

/** What befell a device, and what was done to all; the last lines of it, the law's own among them. */
export const storyOf = (
  { lines }: { readonly lines: readonly Line[] },
  about: string | undefined,
  linesMax = 60,
): readonly string[] =>
  lines
    .filter(({ who }) => !/^device-/.test(who) || who === about)
    .slice(-linesMax)
    .map(({ atMs, who, what }) => `${timeOf(atMs)}  ${who} ${what}`);
