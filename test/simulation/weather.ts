export const minute = 60_000;

export const hour = 60 * minute;

export type Weather = {
  readonly stormMs: number;
  readonly calmMs: number;
  readonly deviceCount: number;
  readonly dies: number;
  readonly fails: number;
  readonly loses: number;
  readonly doubles: number;
  /** How often a hub goes down, by the minute. */
  readonly outages: number;
  /** How often a hub is closed, by ten minutes. */
  readonly closures: number;
};

export const badWeather: Weather = {
  stormMs: 6 * hour,
  calmMs: 12 * hour,
  deviceCount: 6,
  dies: 0.01,
  fails: 0.02,
  loses: 0.1,
  doubles: 0.2,
  outages: 0.01,
  closures: 0.05,
};
