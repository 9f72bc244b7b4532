import type { Progress } from './devices/fleet.ts';

/** Shows how a fleet lands: one line that changes on a terminal, a plain line for every tenth elsewhere. */
export const progressLine = (what: string, out: NodeJS.WriteStream) => {
  let tenthsShown = -1;
  const text = ({ landed, failed, total }: Progress): string =>
    `${what}: ${landed} of ${total} have landed${failed > 0 ? `, ${failed} failed` : ''}`;
  return (progress: Progress): void => {
    const done = progress.landed + progress.failed;
    const tenths = Math.floor((done * 10) / Math.max(progress.total, 1));
    if (out.isTTY) {
      out.write(`\r${text(progress)}${done === progress.total ? '\n' : ''}`);
    } else if (tenths > tenthsShown) {
      out.write(`${text(progress)}\n`);
      tenthsShown = tenths;
    }
  };
};
