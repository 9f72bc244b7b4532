import { parseArgs } from 'node:util';

export type Flags = {
  readonly port: number;
  readonly hubs: readonly LocalHub[];
  readonly devices: number;
  readonly virtual: number;
  readonly once: boolean;
  readonly scenario: Scenario | undefined;
  /** So many times Azure's quotas. */
  readonly quota: number;
  /** So many times faster than usual. */
  readonly time: number;
  /** Of the registrations, what other devices take by themselves, in percent. */
  readonly organic: number;
  readonly help: boolean;
};

export const scenarios = ['rebalance', 'drain', 'evacuate', 'geo', 'drill'] as const;
export type Scenario = (typeof scenarios)[number];

export type LocalHub = { readonly hostName: string; readonly weight: number };

export const usage = `npm start -- [flags]

  --devices N     devices on Microsoft's device SDK that register: 60 unless told
  --virtual N     devices without sockets besides, for large fleets: 0
  --hubs 1:2:3    a hub for each weight, from 1 to 1000
  --scenario S    rebalance | drain | evacuate | geo | drill, of a fleet on the first hub, with Azure's quotas enforced
  --quota N       N times Azure's quotas, from 1 to 1000: 1
  --time N        gates and deadlines N times faster than usual, from 1 to 600: 60
  --organic P     of the registrations, P percent are of devices that come by themselves: 0
  --once          end when all have landed, and the scenario is over; without it they stay connected until Ctrl-C
  --port N        where the app listens on 127.0.0.1: 7071, as with func; 0 lets the system choose
  --help          this`;

/** @throws Error naming the flag. */
export const readFlags = (given: readonly string[]): Flags => {
  const { values } = parseArgs({
    args: [...given],
    options: {
      port: { type: 'string', default: '7071' },
      hubs: { type: 'string', default: '1:2:3' },
      devices: { type: 'string', default: '60' },
      virtual: { type: 'string', default: '0' },
      once: { type: 'boolean', default: false },
      scenario: { type: 'string' },
      quota: { type: 'string', default: '1' },
      time: { type: 'string', default: '60' },
      organic: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    port: wholeNumber('--port', values.port, 65_535),
    devices: wholeNumber('--devices', values.devices, 10_000),
    virtual: wholeNumber('--virtual', values.virtual, 1_000_000),
    hubs: readHubs(values.hubs),
    once: values.once,
    scenario: readScenario(values.scenario),
    quota: wholeNumber('--quota', values.quota, 1_000, 1),
    time: wholeNumber('--time', values.time, 600, 1),
    organic: wholeNumber('--organic', values.organic, 90),
    help: values.help,
  };
};

const readScenario = (text: string | undefined): Scenario | undefined => {
  const found = scenarios.find((name) => name === text);
  if (text === undefined || found) return found;
  throw new Error(`--scenario: expected one of ${scenarios.join(', ')}`);
};

const wholeNumber = (flag: string, text: string, max: number, min = 0): number => {
  if (/^\d+$/.test(text) && Number(text) <= max && Number(text) >= min) return Number(text);
  throw new Error(`${flag}: expected a whole number from ${min} to ${max}`);
};

/** As many hubs as a DPS can link. */
const hubCountMax = 50;

const readHubs = (text: string): readonly LocalHub[] => {
  const weights = text.split(':');
  const isWeight = (weight: string) =>
    /^\d+$/.test(weight) && Number(weight) >= 1 && Number(weight) <= 1_000;
  if (!weights.every(isWeight) || weights.length > hubCountMax) {
    throw new Error(`--hubs: expected up to ${hubCountMax} weights from 1 to 1000, as 1:2:3`);
  }
  return weights.map((weight, index) => ({
    hostName: `rehome-hub-${index + 1}.azure-devices.net`,
    weight: Number(weight),
  }));
};
