import type { Hub } from './hub.ts';

/**
 * What a hub lets through, by its edition and its units; a Basic hub has neither methods nor desired properties. Free is S1's.
 * @see https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling
 */
export type HubThrottles = {
  readonly methodsPerSecond: number;
  readonly twinReadsPerSecond: number;
  readonly twinUpdatesPerSecond: number;
  readonly connectionsPerSecond: number;
  readonly registryPerMinute: number;
  /** Of twins and devices, in pages of 100. */
  readonly queriesPerMinute: number;
};

/** A hub of which no edition is told is taken for the smallest that can be asked for anything. */
export const throttlesOf = ({ tier = 'S1', units }: Pick<Hub, 'tier' | 'units'>): HubThrottles => {
  const isBasic = isBasicTier(tier);
  const level = tier.at(1) === '3' ? 3 : tier.at(1) === '2' ? 2 : 1;
  const standard = (perSecond: number): number => (isBasic ? 0 : perSecond);
  switch (level) {
    case 3:
      return {
        methodsPerSecond: standard(6_000 * units),
        twinReadsPerSecond: standard(500 * units),
        twinUpdatesPerSecond: standard(250 * units),
        connectionsPerSecond: 6_000 * units,
        registryPerMinute: 5_000 * units,
        queriesPerMinute: 1_000 * units,
      };
    case 2:
      return {
        methodsPerSecond: standard(120 * units),
        twinReadsPerSecond: standard(Math.max(100, 10 * units)),
        twinUpdatesPerSecond: standard(Math.max(50, 5 * units)),
        connectionsPerSecond: 120 * units,
        registryPerMinute: 100 * units,
        queriesPerMinute: 20 * units,
      };
    default:
      return {
        methodsPerSecond: standard(40 * units),
        twinReadsPerSecond: standard(100),
        twinUpdatesPerSecond: standard(50),
        connectionsPerSecond: Math.max(100, 12 * units),
        registryPerMinute: 100 * units,
        queriesPerMinute: 20 * units,
      };
  }
};

/** A device on it cannot be asked for anything. */
export const isBasicTier = (tier: string | undefined): boolean =>
  tier?.toUpperCase().startsWith('B') ?? false;

/**
 * Registrations a minute that a DPS takes, and operations of its service API.
 * @see https://learn.microsoft.com/azure/iot-dps/about-iot-dps#quotas-and-limits
 */
export const dpsPerMinute = { registrations: 1_000, operations: 1_000 };
