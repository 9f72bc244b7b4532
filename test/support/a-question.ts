import type { AllocationQuestion } from '../../shared/allocation/allocate.ts';
import { registrationId } from '../../shared/domain/device.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { hostOf } from './a-hub.ts';

type Said = {
  readonly device?: string;
  readonly linked: readonly string[];
  readonly current?: string;
  readonly reprovision?: AllocationQuestion['reprovision'];
  readonly inVain?: readonly string[];
  readonly released?: string;
};

/** A newcomer under migrate, but for what is said; hubs by their short names. */
export const aQuestion = ({
  device = 'device-1',
  linked,
  current,
  reprovision = 'migrate',
  inVain = [],
  released,
}: Said): AllocationQuestion => ({
  registrationId: registrationId(device),
  linkedHubs: linked.map(hostOf),
  currentHub: current === undefined ? undefined : hubHostName(hostOf(current)),
  reprovision,
  triedInVain: new Set(inVain.map((name) => hubHostName(hostOf(name)))),
  released: released === undefined ? undefined : hubHostName(hostOf(released)),
});
