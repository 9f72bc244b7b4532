import type { LocalHub } from './flags.ts';

/** What stands where: `host, weight, devices, share`. */
export const hubsTable = (
  hubs: readonly LocalHub[],
  deviceCounts: Readonly<Record<string, number>>,
): string => {
  const countSum = hubs.reduce((sum, { hostName }) => sum + (deviceCounts[hostName] ?? 0), 0);
  const rows = hubs.map(({ hostName, weight }) => {
    const count = deviceCounts[hostName] ?? 0;
    const share = countSum === 0 ? 0 : (count / countSum) * 100;
    return [hostName, `${weight}`, `${count}`, `${share.toFixed(1)} %`];
  });
  const all = [['hub', 'weight', 'devices', 'share'], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
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
