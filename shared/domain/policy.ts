import type { HubHostName } from './hub.ts';
import type { Scope } from './scope.ts';

/**
 * How a hub is chosen among those that a newcomer may be given:
 *
 *     weighted        by weight, within the bound: DPS's evenly weighted, made load-aware
 *     lowestLatency   the nearest by what the device measured, else by its region; among equals, weighted
 *     static          the first in the order in which the rule lists its hubs
 *     leastLoaded     the one with the fewest devices for its weight
 */
export const strategies = ['weighted', 'lowestLatency', 'static', 'leastLoaded'] as const;
export type Strategy = (typeof strategies)[number];

/** Where newcomers are placed, as data. */
export type Policy = {
  /** From 1; 0 is what stands before the first was put. */
  readonly version: number;
  /** Where no rule says another. */
  readonly strategy: Strategy;
  /** The hub of quarantined devices; it takes no others. */
  readonly quarantine: HubHostName | undefined;
  /** In order: the first that matches applies, and those after it where it says that it goes on. */
  readonly rules: readonly Rule[];
};

export type Rule = {
  /** Of one policy unique. */
  readonly name: string;
  readonly when: Condition;
  readonly restriction: Restriction;
  /** undefined: a later rule's, or the policy's. */
  readonly strategy: Strategy | undefined;
  /** Whether devices that it matches begin in quarantine. */
  readonly quarantines: boolean;
  readonly initialTwin: InitialTwin | undefined;
  /** Whether later rules may apply as well. */
  readonly goesOn: boolean;
};

/** All that is said must hold; what is left out holds of every device. */
export type Condition = {
  readonly scopes: readonly Scope[] | undefined;
  /** Ids of enrollment groups or of individual enrollments, folded to lower case. */
  readonly enrollmentGroups: readonly string[] | undefined;
  readonly individualEnrollments: readonly string[] | undefined;
  readonly registrationId: Matcher | undefined;
  readonly regions: readonly string[] | undefined;
  readonly labels: readonly FieldCondition[];
  /** By path into what the device sends when it registers: `model`, `site.country`. */
  readonly payload: readonly FieldCondition[];
};

export type FieldCondition = { readonly path: readonly string[]; readonly matcher: Matcher };

/** One of these values; or a pattern, of text alone. */
export type Matcher = readonly (string | number | boolean)[] | RegExp;

/** The hubs that a device may be given: what is left out allows all. Listed hubs are in order of preference. */
export type Restriction = {
  readonly hubs: readonly HubHostName[] | undefined;
  /** What a hub's tags must say. */
  readonly tags: Readonly<Record<string, string>>;
  /** Residency: Azure's names of regions. */
  readonly regions: readonly string[] | undefined;
  readonly tiers: readonly string[] | undefined;
};

/** @see https://learn.microsoft.com/azure/iot-dps/concepts-custom-allocation */
export type InitialTwin = {
  readonly tags?: Readonly<Record<string, unknown>> | undefined;
  readonly properties?: { readonly desired: Readonly<Record<string, unknown>> } | undefined;
};

/** Weighted, and no rules: what stands before anybody has put one. */
export const noPolicy: Policy = {
  version: 0,
  strategy: 'weighted',
  quarantine: undefined,
  rules: [],
};
