import type { Brand } from './brand.ts';

/** A hub's full host name, folded to lower case: `east.azure-devices.net`. Its spelling travels beside it, never in it. */
export type HubHostName = Brand<string, 'HubHostName'>;

/** [A1] Host names are compared without case, because DPS and people spell them both ways. */
export const hubHostName = (spelled: string): HubHostName => spelled.toLowerCase() as HubHostName;

/**
 * What a hub may be given.
 *
 *     open ⇄ cordoned    takes no new devices; its residents stay
 *     open ⇄ draining    cordoned, and a campaign moves its residents off
 *     any  ⇄ closed      presumed dead or retired: nobody is answered it
 */
export const hubStates = ['open', 'cordoned', 'draining', 'closed'] as const;
export type HubState = (typeof hubStates)[number];

export type Hub = {
  readonly hostName: HubHostName;
  readonly state: HubState;
  /** Its share of newcomers relative to the other hubs', as DPS's allocation weight: more than 0. */
  readonly weight: number;
  /** How many devices it may hold. */
  readonly capacity: number;
  /** How many devices it held when last counted; undefined until it has been. */
  readonly deviceCount: number | undefined;
};

/**
 * Devices and modules that one IoT hub can hold.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 */
export const hubCapacityMax = 1_000_000;

/**
 * DPS's range for an allocation weight.
 * @see https://learn.microsoft.com/azure/iot-dps/how-to-use-allocation-policies
 */
export const hubWeightMax = 1_000;
