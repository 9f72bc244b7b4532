import { type LogLevel, logLevels } from './core-types.ts';

/** `category` as in Azure: `Function.allocateDevice.User`, `Host.Startup`. */
export type Log = (level: LogLevel, category: string, message: string) => void;

/** host.json's `logging.logLevel`: the longest category that begins the line's own decides, then `default`. */
export type LogLevels = Readonly<Record<string, LogLevel | 'none'>>;

export const leveledLog =
  (levels: LogLevels, write: (line: string) => void): Log =>
  (level, category, message) => {
    const least = leastLevel(levels, category);
    if (least === 'none' || logLevels.indexOf(level) < logLevels.indexOf(least)) return;
    write(`${new Date().toISOString()} ${level} ${category} ${message}`);
  };

const leastLevel = (levels: LogLevels, category: string): LogLevel | 'none' => {
  const matching = Object.keys(levels)
    .filter((prefix) => category === prefix || category.startsWith(`${prefix}.`))
    .sort((one, other) => other.length - one.length);
  return levels[matching[0] ?? 'default'] ?? 'information';
};
