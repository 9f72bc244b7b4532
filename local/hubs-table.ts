import type { LocalHub } from './flags.ts';

/** ε of the bound, in percent. */
const slackPercent = 5;

/** What stands where: `host, weight, devices, share, bound`, the last as law A4 has it for all these devices. */
export const hubsTable = (
  hubs: readonly LocalHub[],
  deviceCounts: Readonly<Record<string, number>>,
): string => {
  const weightSum = hubs.reduce((sum, { weight }) => sum + weight, 0);
  const countSum = hubs.reduce((sum, { hostName }) => sum + (deviceCounts[hostName] ?? 0), 0);
  const rows = hubs.map(({ hostName, weight }) => {
    const count = deviceCounts[hostName] ?? 0;
    const share = countSum === 0 ? 0 : (count / countSum) * 100;
    const bound = Math.ceil(((100 + slackPercent) * weight * countSum) / (100 * weightSum));
    return [hostName, `${weight}`, `${count}`, `${share.toFixed(1)} %`, `${bound}`];
  });
  const all = [['hub', 'weight', 'devices', 'share', 'bound'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('   '),
    )
    .join('\n');
};
