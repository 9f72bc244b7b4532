import type { Dps } from '../../local/dps/dps.ts';
import type { App } from './app.ts';
import type { Base } from './base.ts';
import type { Device } from './devices.ts';

/** Where acts take place. */
export type Stage = {
  readonly base: Base;
  readonly dps: Dps;
  readonly apps: readonly App[];
  readonly anApp: () => App;
  readonly devices: readonly Device[];
};
