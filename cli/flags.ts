import { parseArgs } from 'node:util';
import { misspelled } from './misspelled.ts';

const options = {
  to: { type: 'string' },
  reason: { type: 'string' },
  'allow-unknown': { type: 'boolean', default: false },
  'allow-reset': { type: 'boolean', default: false },
  'moves-max': { type: 'string' },
  'cooldown-hours': { type: 'string' },
  'slack-percent': { type: 'string' },
  'imbalance-percent': { type: 'string' },
  'imbalance-count': { type: 'string' },
  'group-label': { type: 'string' },
  'group-moves-max': { type: 'string' },
  hash: { type: 'string' },
  yes: { type: 'boolean', default: false },
  wait: { type: 'boolean', default: false },
  limits: { type: 'string' },
  fleet: { type: 'string' },
  policy: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean', default: false },
  dps: { type: 'string' },
  hubs: { type: 'string' },
  all: { type: 'boolean', default: false },
  scope: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

export const readFlags = () => parseArgs({ allowPositionals: true, options });
export type Flags = ReturnType<typeof readFlags>['values'];

export type Command = (flags: Flags, given: readonly string[]) => Promise<void>;

export const one = (given: readonly string[], what = 'one device id'): string => {
  const [only, ...more] = given;
  if (only === undefined || more.length > 0) throw misspelled(`expected ${what}`);
  return only;
};

export const reasonOf = ({ reason }: Flags): string => {
  if (reason === undefined) throw misspelled('expected --reason TEXT: it is kept');
  return reason;
};

export const hostOf = (hub: string): string =>
  hub.includes('.') ? hub : `${hub}.azure-devices.net`;

export const numberOf = (text: string | undefined, flag: string): number | undefined => {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number))
    throw misspelled(`expected a number: ${flag}`);
  return number;
};

/** Under `--json` what is said on the way is for nobody. */
let isMute = false;
export const mute = (): void => {
  isMute = true;
};

export const say = (line: string): void => {
  if (!isMute) print(line);
};

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
