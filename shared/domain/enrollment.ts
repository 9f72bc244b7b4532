/** Which record at DPS let the device register: its own, or its group's. */
export type Enrollment = {
  readonly kind: 'individual' | 'group';
  /** The individual enrollment's registration id, or the group's id, as spelled. */
  readonly id: string;
};

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
