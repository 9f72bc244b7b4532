import { cosmosDatabase } from './adapters/cosmos/client.ts';
import { cosmosDeviceRecords } from './adapters/cosmos/device-records.ts';
import { cosmosEnrollments } from './adapters/cosmos/enrollments.ts';
import { cosmosHubTables, hubTableLimits } from './adapters/cosmos/hub-tables.ts';
import { dpsRegistrations } from './adapters/dps/registrations.ts';
import {
  type DeviceProfile,
  deviceMoveProfile,
  rehomeProfile,
} from './adapters/iot-hub/device-profile.ts';
import { iotHubDeviceSignal, signalLimits } from './adapters/iot-hub/device-signal.ts';
import { iotHubDeviceTwins } from './adapters/iot-hub/device-twins.ts';
import { hubClients } from './adapters/iot-hub/hub-clients.ts';
import { memoryDeviceRecords } from './adapters/memory/device-records.ts';
import { memoryEnrollments } from './adapters/memory/enrollments.ts';
import { memoryHubTables } from './adapters/memory/hub-tables.ts';
import { lateLimits, memoryLateDecisions } from './adapters/memory/late-decisions.ts';
import { systemClock } from './adapters/system/clock.ts';
import { systemComplaint } from './adapters/system/complaint.ts';
import { systemCredential } from './adapters/system/credential.ts';
import { systemDeadline } from './adapters/system/deadline.ts';
import { systemDice } from './adapters/system/dice.ts';
import { moveLimits } from './campaign/limits.ts';
import { type MoveSettings, readMoveSettings } from './config/move-settings.ts';
import { readSettings, type Settings } from './config/settings.ts';
import type { HubTable } from './domain/hub-table.ts';
import type { Scope } from './domain/scope.ts';
import { type AllocateDevice, allocateDevice, recordDecision } from './flows/allocate-device.ts';
import { type EndMove, endMove } from './flows/end-move.ts';
import { type MoveDevice, moveDevice } from './flows/move-device.ts';
import { type OnHubEvent, onHubEvent } from './flows/on-hub-event.ts';
import { type ReadDevices, readDevices } from './flows/read-device.ts';
import { recordEvidence } from './flows/record-evidence.ts';
import { type SweepMoves, sweepMoves } from './flows/sweep-moves.ts';

export type Rehome = {
  readonly scopes: ReadonlySet<Scope>;
  readonly allocateDevice: AllocateDevice;
  /** undefined while a setting that only moves need is bad: the log has it. */
  readonly moves: Moves | undefined;
  /** Whether operators are authenticated before they come here: without it there is no management API. */
  readonly isGuarded: boolean;
};

export type Moves = {
  readonly onHubEvent: OnHubEvent;
  readonly sweepMoves: SweepMoves;
  readonly moveDevice: MoveDevice;
  readonly endMove: EndMove;
  readonly devices: ReadDevices;
  readonly hubTable: () => Promise<HubTable>;
  /** Where devices report; undefined where they do not. */
  readonly propertyName: string | undefined;
  /** Whether the hubs' events come by Event Hub. */
  readonly listens: boolean;
};

/** Where ports meet adapters. */
export const compose = (settings: Settings, moves?: MoveSettings): Rehome => {
  const { scopes, boundSlackPercent: slackPercent, storeTimeoutMs } = settings;
  const [clock, deadline] = [systemClock, systemDeadline];
  const store =
    settings.cosmos === undefined ? inMemory(settings) : inCosmos(settings, settings.cosmos);
  const record = recordDecision(store);
  const lateDecisions = memoryLateDecisions(record, deadline, lateLimits, systemComplaint);
  const ports = { ...store, lateDecisions, clock, deadline };
  return {
    scopes,
    allocateDevice: allocateDevice(ports, { slackPercent, storeTimeoutMs }),
    moves: moves && composeMoves(scopes, store, moves),
    isGuarded: moves?.isGuarded ?? false,
  };
};

type Store = ReturnType<typeof inMemory> | ReturnType<typeof inCosmos>;

const sweepLimits = { dueMax: 500, atOnceMax: 16, budgetMs: 50_000 };
const twinTimeoutMs = 5_000;

const composeMoves = (
  scopes: ReadonlySet<Scope>,
  store: Store,
  { hubConnections, dps, device, lookMs, silenceMs, listens }: MoveSettings,
): Moves => {
  const [clock, deadline, dice] = [systemClock, systemDeadline, systemDice];
  const remembersIds = device.profile === 'rehome';
  const backOff = { baseMs: lookMs, maxMs: 15 * lookMs };
  const limits = { ...moveLimits, lookMs, backOff, silenceMs, remembersIds };
  const profile = profileOf(device, dps);
  const access = { connectionStrings: hubConnections, credential: systemCredential };
  const clients = hubClients(access);
  const ports = {
    ...store,
    clock,
    deadline,
    dice,
    signal: iotHubDeviceSignal({ clients, deadline, clock }, profile, signalLimits),
    twins: iotHubDeviceTwins(clients, deadline, profile, twinTimeoutMs),
    registrations: dpsRegistrations(dps, systemCredential, deadline, twinTimeoutMs),
  };
  return {
    onHubEvent: onHubEvent(scopes, recordEvidence(ports, limits)),
    sweepMoves: sweepMoves(ports, { ...limits, ...sweepLimits }),
    moveDevice: moveDevice(ports, limits),
    endMove: endMove(ports, limits),
    devices: readDevices(store.records, deadline),
    hubTable: store.hubTables.known,
    propertyName: profile.propertyName,
    listens,
  };
};

const profileOf = (
  { profile, methodName, propertyName }: MoveSettings['device'],
  dps: MoveSettings['dps'],
): DeviceProfile => {
  if (profile === 'rehome') return rehomeProfile(methodName, propertyName);
  const idScopes = [...dps].map(([scope, { idScope = '' }]) => [scope, idScope] as const);
  return deviceMoveProfile(new Map(idScopes));
};

const inMemory = ({ hubs }: Settings) => ({
  records: memoryDeviceRecords(),
  enrollments: memoryEnrollments(),
  hubTables: memoryHubTables(hubs, systemClock),
  clock: systemClock,
});

const inCosmos = ({ hubs }: Settings, connectionString: string) => {
  const database = cosmosDatabase(connectionString);
  return {
    records: cosmosDeviceRecords(database),
    enrollments: cosmosEnrollments(database),
    hubTables: cosmosHubTables(
      database,
      hubs,
      systemClock,
      systemDeadline,
      hubTableLimits,
      systemComplaint,
    ),
    clock: systemClock,
  };
};

/** [A7] A setting that the webhook can do without must not keep it from answering. */
const moveSettingsOrNone = (): MoveSettings | undefined => {
  try {
    return readMoveSettings();
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    systemComplaint(JSON.stringify({ event: 'moves-disabled', because }));
    return undefined;
  }
};

let composed: Rehome | undefined;

/** The app that the doors of this process share, made on first use. @throws Error when a setting that the webhook needs is bad. */
export const rehome = (): Rehome => {
  composed ??= compose(readSettings(), moveSettingsOrNone());
  return composed;
};
