import type { AllocationQuestion } from '../../shared/allocation/allocate.ts';
import type { DeviceFacts } from '../../shared/allocation/placement.ts';
import { registrationId } from '../../shared/domain/device.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { parseScope, type Scope } from '../../shared/domain/scope.ts';
import { hostOf } from './a-hub.ts';

export const main = parseScope('main') as Scope;

type Said = {
  readonly device?: string;
  readonly linked: readonly string[];
  readonly current?: string;
  readonly reprovision?: AllocationQuestion['reprovision'];
  readonly inVain?: readonly string[];
  readonly released?: string;
  readonly quarantined?: boolean;
  readonly facts?: Partial<DeviceFacts>;
};

/** A newcomer of a group under migrate, but for what is said; hubs by their short names. */
export const aQuestion = ({
  device = 'device-1',
  linked,
  current,
  reprovision = 'migrate',
  inVain = [],
  released,
  quarantined = false,
  facts,
}: Said): AllocationQuestion => ({
  registrationId: registrationId(device),
  linkedHubs: linked.map(hostOf),
  currentHub: current === undefined ? undefined : hubHostName(hostOf(current)),
  reprovision,
  facts: someFacts({ registrationId: registrationId(device), ...facts }),
  triedInVain: new Set(inVain.map((name) => hubHostName(hostOf(name)))),
  released: released === undefined ? undefined : hubHostName(hostOf(released)),
  isQuarantined: quarantined,
});

export const someFacts = (but: Partial<DeviceFacts> = {}): DeviceFacts => ({
  scope: main,
  enrollment: { kind: 'group', id: 'fleet' },
  registrationId: registrationId('device-1'),
  labels: {},
  payload: undefined,
  region: undefined,
  latencies: new Map(),
  applied: undefined,
  ...but,
});
