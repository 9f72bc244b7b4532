import { dpsRegistrations } from '../adapters/dps/registrations.ts';
import { iotHubDeviceSignal, signalLimits } from '../adapters/iot-hub/device-signal.ts';
import { iotHubDeviceTwins } from '../adapters/iot-hub/device-twins.ts';
import { type MoveLimits, moveLimits } from '../campaign/limits.ts';
import type { MoveSettings } from '../config/move-settings.ts';
import type { HubTable } from '../domain/hub-table.ts';
import type { Scope } from '../domain/scope.ts';
import { type EndMove, endMove } from '../flows/end-move.ts';
import { enrollmentsLately } from '../flows/enrollments-lately.ts';
import { type MarkCause, markCause } from '../flows/mark-cause.ts';
import {
  type MoveDevice,
  type MovePlanned,
  moveDevice,
  movePlanned,
} from '../flows/move-device.ts';
import { type OnHubEvent, onHubEvent } from '../flows/on-hub-event.ts';
import { recordEvidence } from '../flows/record-evidence.ts';
import { type SweepMoves, sweepMoves } from '../flows/sweep-moves.ts';
import { type TakeLabels, takeLabels } from '../flows/take-labels.ts';
import type { LabelsFrom } from '../wire/hub-event.ts';
import type { AzureAccess } from './azure-access.ts';
import type { Store } from './store.ts';

export type Moves = {
  readonly onHubEvent: OnHubEvent;
  readonly sweepMoves: SweepMoves;
  readonly moveDevice: MoveDevice;
  readonly movePlanned: MovePlanned;
  readonly endMove: EndMove;
  readonly hubTable: () => Promise<HubTable>;
  /** Where devices report; undefined where they do not. */
  readonly propertyName: string | undefined;
  readonly takeLabels: TakeLabels;
  readonly markCause: MarkCause;
  /** What of twins is taken over as labels. */
  readonly labelsFrom: LabelsFrom;
  /** Whether the hubs' events come by Event Hub. */
  readonly listens: boolean;
};

const sweepLimits = { dueMax: 500, atOnceMax: 16, budgetMs: 50_000 };
const twinTimeoutMs = 5_000;

export const limitsOf = ({ device, lookMs, silenceMs }: MoveSettings): MoveLimits => {
  const backOff = { baseMs: lookMs, maxMs: 15 * lookMs };
  const remembersIds = device.profile === 'rehome';
  return { ...moveLimits, lookMs, backOff, silenceMs, remembersIds };
};

export const movesOf = (
  scopes: ReadonlySet<Scope>,
  store: Store,
  { hubs: clients, dps, profile }: AzureAccess,
  settings: MoveSettings,
): Moves => {
  const { clock, deadline } = store;
  const limits = limitsOf(settings);
  const marking = markCause(store);
  const ports = {
    ...store,
    enrollments: enrollmentsLately(store.enrollments, clock),
    markCause: marking,
    // By Event Grid any instance hears of any device: what one of them knows is soon old.
    atRest: settings.listens ? store.atRest : { expect: () => false },
    signal: iotHubDeviceSignal({ clients, deadline, clock }, profile, signalLimits),
    twins: iotHubDeviceTwins(clients, deadline, profile, twinTimeoutMs),
    registrations: dpsRegistrations(dps, deadline, twinTimeoutMs),
  };
  return {
    onHubEvent: onHubEvent(scopes, recordEvidence(ports, limits)),
    sweepMoves: sweepMoves(ports, { ...limits, ...sweepLimits }),
    moveDevice: moveDevice(ports, limits),
    movePlanned: movePlanned(ports, limits),
    endMove: endMove(ports, limits),
    hubTable: store.hubTables.known,
    takeLabels: takeLabels(scopes, { ...store, markCause: marking }),
    markCause: marking,
    labelsFrom: settings.labelsFrom,
    propertyName: profile.propertyName,
    listens: settings.listens,
  };
};
