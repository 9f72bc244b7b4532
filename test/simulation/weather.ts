export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** How bad it is: chances from 0 to 1, unless said. */
export type Weather = {
  /** Of a process, to die at either end of a call. */
  readonly dies: number;
  /** Of a call to the store: that it does nothing, or is done and its acknowledgement lost. */
  readonly fails: number;
  readonly throttles: number;
  /** That it never answers. */
  readonly hangs: number;
  /** That a read finds what was there before the last write. */
  readonly stale: number;
  /** Of an event of a hub: that it is lost, or comes three times. */
  readonly loses: number;
  readonly doubles: number;
  /** Of a call to a hub: that it is refused, or done and the answer lost. */
  readonly hubFails: number;
  /** Of a call of DPS to the webhook: that it never arrives. */
  readonly webhookLost: number;
  /** How far clocks of processes are off, at most, in milliseconds. */
  readonly skewMs: number;
  /** How often a device changes its mood, is switched off, loses power: times an hour. */
  readonly unrest: number;
};

export const badWeather: Weather = {
  dies: 0.001,
  fails: 0.01,
  throttles: 0.01,
  hangs: 0.001,
  stale: 0.05,
  loses: 0.1,
  doubles: 0.2,
  hubFails: 0.05,
  webhookLost: 0.02,
  skewMs: 5_000,
  unrest: 2,
};

export const calm: Weather = {
  dies: 0,
  fails: 0,
  throttles: 0,
  hangs: 0,
  stale: 0,
  loses: 0,
  doubles: 0,
  hubFails: 0,
  webhookLost: 0,
  skewMs: 0,
  unrest: 0,
};
