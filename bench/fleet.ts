import type { AllocationQuestion } from '../shared/allocation/allocate.ts';
import { type Roster, rosterOf } from '../shared/allocation/roster.ts';
import { registrationId } from '../shared/domain/device.ts';
import { type Hub, hubHostName, untoldHub } from '../shared/domain/hub.ts';
import { hubTable } from '../shared/domain/hub-table.ts';
import { instant } from '../shared/domain/instant.ts';
import { noPolicy } from '../shared/domain/policy.ts';
import { parseScope, type Scope } from '../shared/domain/scope.ts';

/** Hubs and questions to measure with. */
export const aHub = (name: string, weight: number, deviceCount?: number): Hub => ({
  ...untoldHub(hubHostName(`${name}.azure-devices.net`)),
  weight,
  deviceCount,
});

export const hubs = (count: number, deviceCount?: number): readonly Hub[] =>
  Array.from({ length: count }, (_, index) => aHub(`hub-${index}`, 1, deviceCount));

export const slackPercent = 5;

export const readyOf = (listed: readonly Hub[]): Roster =>
  rosterOf(hubTable(listed, instant(0)), noPolicy, slackPercent);

export const scope = parseScope('main') as Scope;

/** As a call brings it: with a list of its own, of names of its own. */
export const newcomer = (name: string, listed: readonly Hub[]): AllocationQuestion => ({
  registrationId: registrationId(name),
  linkedHubs: JSON.parse(JSON.stringify(listed.map(({ hostName }) => hostName))),
  currentHub: undefined,
  reprovision: 'migrate',
  facts: {
    scope,
    enrollment: { kind: 'group', id: 'fleet' },
    registrationId: registrationId(name),
    labels: {},
    payload: undefined,
    region: undefined,
    latencies: new Map(),
    applied: undefined,
  },
  triedInVain: new Set(),
  released: undefined,
  isQuarantined: false,
});
