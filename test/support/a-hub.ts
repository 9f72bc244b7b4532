import { type Hub, hubCapacityMax, hubHostName } from '../../shared/domain/hub.ts';
import { type HubTable, hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';

/** `east` → `east.azure-devices.net` */
export const hostOf = (name: string): string => `${name}.azure-devices.net`;

/** An open hub of weight 1 that nobody has counted, but for what is said. */
export const aHub = (name: string, but: Partial<Omit<Hub, 'hostName'>> = {}): Hub => ({
  hostName: hubHostName(hostOf(name)),
  state: 'open',
  weight: 1,
  capacity: hubCapacityMax,
  deviceCount: undefined,
  ...but,
});

export const aTable = (...hubs: readonly Hub[]): HubTable => hubTable(hubs, instant(0));
