/**
 * What Azure's documents leave open. Each is a switch, because Rehome must be right whichever way Azure does it; the values here are
 * the likeliest.
 */
export type Undocumented = {
  /** How long the webhook may take. */
  readonly webhookTimeoutMs: number;
  /** Whether a webhook that took too long, or could not be reached, is called again. */
  readonly retriesTimeout: boolean;
  /** How often it is called again: the documents say 10, devices in the field saw fewer. */
  readonly retryCountMax: number;
  /** The documents say that every status from 429 on is called again; devices in the field saw a 500 fail at once. */
  readonly retries500: boolean;
  readonly linkedHubsOrder: 'as linked' | 'reversed' | 'shuffled';
  /** Whether a hub with `applyAllocationPolicy: false` is among the linked hubs. */
  readonly listsUnappliedHubs: boolean;
  /** The error code of an answer that is not among the linked hubs. */
  readonly unlinkedAnswerCode: number;
  /** What becomes of a move when the hub that the device leaves cannot be reached, or is no longer linked. */
  readonly unreachableSource: 'fails' | 'fails to migrate' | 'assigns anew';
  /** What becomes of a move to a hub that is full. */
  readonly fullTarget: 'fails' | 'stays';
  /** The substatus when a registration changes nothing. */
  readonly substatusOnStay: 'kept' | 'reprovisionedToInitialAssignment';
  readonly moveOrder: 'create first' | 'remove first';
  /** Whether an enrollment that is put without its symmetric keys keeps those that it has. */
  readonly keepsKeysNotSent: boolean;
  /** What the webhook is told of a device's attestation. Devices attest by symmetric key here; this is how one with a certificate may look. */
  readonly attestationContext: 'symmetric key' | 'certificate' | 'certificate and chain';
};

export const likeliest: Undocumented = {
  webhookTimeoutMs: 5_000,
  retriesTimeout: true,
  retryCountMax: 10,
  retries500: true,
  linkedHubsOrder: 'as linked',
  listsUnappliedHubs: true,
  unlinkedAnswerCode: 400_207,
  unreachableSource: 'fails',
  fullTarget: 'fails',
  substatusOnStay: 'kept',
  moveOrder: 'create first',
  keepsKeysNotSent: false,
  attestationContext: 'symmetric key',
};
