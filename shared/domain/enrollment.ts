import type { HubHostName } from './hub.ts';
import type { Scope } from './scope.ts';

/**
 * What DPS does with a device that registers again.
 *
 *     migrate   the answered hub; twin and capabilities go along
 *     reset     the answered hub; twin starts anew
 *     never     stays on its hub, whatever the webhook answers
 *
 * @see https://learn.microsoft.com/azure/iot-dps/concepts-device-reprovision
 */
export type ReprovisionPolicy = 'migrate' | 'reset' | 'never';

/** Which record at DPS let a device register: its own, or its group's; and what it says about moves. */
export type Enrollment = {
  readonly kind: 'individual' | 'group';
  /** The individual enrollment's registration id, or the group's id, as spelled. */
  readonly id: string;
  readonly reprovision: ReprovisionPolicy;
  /** The hubs that it is limited to; undefined when it takes all that are linked. */
  readonly hubs: readonly HubHostName[] | undefined;
  /** The hubs that DPS named when it last asked, in order of their names; undefined when it did not name them all. */
  readonly linked: readonly HubHostName[] | undefined;
  /** Whether it asks our webhook: only such devices can be moved. */
  readonly asksUs: boolean;
  /** DPS's own version of it; undefined where it was not told. */
  readonly etag: string | undefined;
};

/** Where an enrollment's knowledge is kept: `main:group:fleet`. */
export const enrollmentKey = (
  scope: Scope,
  { kind, id }: Pick<Enrollment, 'kind' | 'id'>,
): string => `${scope}:${kind}:${id.toLowerCase().replaceAll(/[%/\\?#]/g, encodeURIComponent)}`;
