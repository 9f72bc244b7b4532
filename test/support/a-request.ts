import type { Registration } from '../../shared/allocation/registration.ts';
import { registrationId } from '../../shared/domain/device.ts';
import type { Enrollment } from '../../shared/domain/enrollment.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { hostOf } from './a-hub.ts';
import { main } from './a-question.ts';

export const anEnrollment = (but: Partial<Enrollment> = {}): Enrollment => ({
  kind: 'group',
  id: 'fleet',
  reprovision: 'migrate',
  hubs: undefined,
  linked: undefined,
  asksUs: true,
  etag: '"1"',
  ...but,
});

type Said = {
  readonly device?: string;
  readonly linked: readonly string[];
  readonly current?: string;
};

/** A newcomer of a group, but for what is said; hubs by their short names. */
export const aRequest = (
  { device = 'device-1', linked, current }: Said,
  but: Partial<Registration> = {},
): Registration => ({
  scope: main,
  registrationId: registrationId(device),
  deviceId: device,
  enrollment: anEnrollment(),
  linkedHubs: linked.map(hostOf),
  currentHub: current === undefined ? undefined : hubHostName(hostOf(current)),
  requestId: undefined,
  payload: undefined,
  region: undefined,
  latencies: new Map(),
  ...but,
});
