/**
 * One reason why a hub may take a device or not:
 *
 *     linked      DPS named it, and our hub table lists it
 *     open        its state
 *     room        its capacity, its daily quota, its intake, and its bound [A4]
 *     rule        the hubs and tags that the rules ask for; and that quarantine's hub takes no others
 *     residency   the regions that the rules allow
 *     tier        the editions that the rules allow
 *     health      whether devices that were answered it turn up there
 */
export const deciders = ['linked', 'open', 'room', 'rule', 'residency', 'tier', 'health'] as const;
export type Decider = (typeof deciders)[number];

/** `throttle`: not now, while another may. */
export type Verdict = {
  readonly decider: Decider;
  readonly says: 'yes' | 'no' | 'throttle';
  /** A sentence, without its end. */
  readonly because: string;
};

export const yes = (decider: Decider, because: string): Verdict => ({
  decider,
  says: 'yes',
  because,
});
export const no = (decider: Decider, because: string): Verdict => ({
  decider,
  says: 'no',
  because,
});
export const throttle = (decider: Decider, because: string): Verdict => ({
  decider,
  says: 'throttle',
  because,
});
