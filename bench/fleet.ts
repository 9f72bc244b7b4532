import type { AllocationQuestion } from '../shared/allocation/allocate.ts';
import { registrationId } from '../shared/domain/device.ts';
import { type Hub, hubCapacityMax, hubHostName } from '../shared/domain/hub.ts';
import { type HubTable, hubTable } from '../shared/domain/hub-table.ts';
import { instant } from '../shared/domain/instant.ts';

/** Hubs and questions to measure with. */
export const aHub = (name: string, weight: number, deviceCount?: number): Hub => ({
  hostName: hubHostName(`${name}.azure-devices.net`),
  state: 'open',
  weight,
  capacity: hubCapacityMax,
  deviceCount,
});

export const hubs = (count: number, deviceCount?: number): readonly Hub[] =>
  Array.from({ length: count }, (_, index) => aHub(`hub-${index}`, 1, deviceCount));

export const tableOf = (listed: readonly Hub[]): HubTable => hubTable(listed, instant(0));

export const newcomer = (index: number, listed: readonly Hub[]): AllocationQuestion => ({
  registrationId: registrationId(`device-${index}`),
  linkedHubs: listed.map(({ hostName }) => hostName),
  currentHub: undefined,
  reprovision: 'migrate',
  triedInVain: new Set(),
  released: undefined,
});
