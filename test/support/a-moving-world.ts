import type { MethodReply, Session } from '../../local/iot-hub/device.ts';
import { connect } from '../../local/iot-hub/links.ts';
import { answerMethod } from '../../local/iot-hub/methods.ts';
import { createIdentity, removeIdentity } from '../../local/iot-hub/registry.ts';
import { report } from '../../local/iot-hub/twins.ts';
import { realWorld } from '../../local/world.ts';
import { rehomeProfile } from '../../shared/adapters/iot-hub/device-profile.ts';
import { iotHubDeviceSignal, signalLimits } from '../../shared/adapters/iot-hub/device-signal.ts';
import { iotHubDeviceTwins } from '../../shared/adapters/iot-hub/device-twins.ts';
import { memoryDeviceRecords } from '../../shared/adapters/memory/device-records.ts';
import { memoryEnrollments } from '../../shared/adapters/memory/enrollments.ts';
import { memoryHubTables } from '../../shared/adapters/memory/hub-tables.ts';
import { memoryPolicies, memoryPolicyVersions } from '../../shared/adapters/memory/policies.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import type { Evidence } from '../../shared/campaign/evidence.ts';
import { moveLimits } from '../../shared/campaign/limits.ts';
import { deviceKey } from '../../shared/domain/device.ts';
import { enrollmentKey } from '../../shared/domain/enrollment.ts';
import type { HubHostName } from '../../shared/domain/hub.ts';
import { instant } from '../../shared/domain/instant.ts';
import { noPolicy, type Policy } from '../../shared/domain/policy.ts';
import { devicesAtRest } from '../../shared/flows/devices-at-rest.ts';
import { endMove } from '../../shared/flows/end-move.ts';
import { moveDevice } from '../../shared/flows/move-device.ts';
import { type DeviceOrder, orderDevice } from '../../shared/flows/order-device.ts';
import { recordEvidence } from '../../shared/flows/record-evidence.ts';
import { sweepMoves } from '../../shared/flows/sweep-moves.ts';
import { aHub, hostOf } from './a-hub.ts';
import { aDevice, at, east } from './a-move.ts';
import { main } from './a-question.ts';
import { anEnrollment } from './a-request.ts';
import { coreClients, coreHubs } from './core-hubs.ts';
import { noCampaigns } from './no-campaigns.ts';

export const { signal: never } = new AbortController();
export const key = deviceKey(main, 'device-1');

/** Flows over the store in memory and the hubs' cores, at a time that the test sets; a device that lives on east. */
export const aMovingWorld = async (policy: Policy = noPolicy) => {
  const time = { now: at(0) };
  const world = { ...realWorld, now: () => time.now };
  const hubs = coreHubs(['east', 'west', 'north'], world);
  const clients = coreClients(hubs);
  const clock = { now: () => instant(time.now) };
  const profile = rehomeProfile('Reprovision', 'reprovision');
  const deadline = systemDeadline;
  const records = memoryDeviceRecords();
  const enrollments = memoryEnrollments();
  const versions = memoryPolicyVersions();
  const ports = {
    versions,
    records,
    enrollments,
    deadline,
    clock,
    dice: { draw: () => 0, digits: (count: number) => 'a'.repeat(count) },
    hubTables: memoryHubTables([aHub('east'), aHub('west'), aHub('north')], clock),
    signal: iotHubDeviceSignal({ clients, deadline, clock }, profile, signalLimits),
    twins: iotHubDeviceTwins(clients, deadline, profile, 1_000),
    registrations: { find: async () => 'absent' as const },
    policies: memoryPolicies(versions, () => policy),
    valves: noCampaigns,
    atRest: devicesAtRest(clock),
    markCause: async () => undefined,
    intakes: { note: () => undefined, count: () => undefined },
  };
  const enrollment = anEnrollment();
  await enrollments.learn(main, enrollment, never);
  const record = aDevice({ enrollment: enrollmentKey(main, enrollment) });
  await records.write(key, record, undefined, never);
  const [eastHub, westHub, northHub] = ['east', 'west', 'north'].map((name) =>
    hubs.get(hostOf(name)),
  );
  if (!eastHub || !westHub || !northHub) throw new Error('no hub');
  const device = createIdentity(eastHub, { deviceId: 'device-1' });
  report(eastHub, device, { reprovision: { contract: 1 } });
  const online = (answer: () => MethodReply | undefined) => {
    const session: Session = {
      close: () => undefined,
      takesMethods: () => true,
      invoke: (_name, id) => {
        const reply = answer();
        if (reply) answerMethod(eastHub, device, id, reply);
      },
      notify: () => undefined,
    };
    connect(eastHub, device, session);
  };
  return {
    ports,
    time,
    eastHub,
    westHub,
    northHub,
    online,
    /** Into quarantine, as an order that has been carried out leaves it. */
    arriveIn: async (hub: HubHostName, { because, by }: DeviceOrder) => {
      removeIdentity(eastHub, 'device-1');
      const there = createIdentity(hub === northHub.hostName ? northHub : westHub, {
        deviceId: 'device-1',
      });
      report(northHub, there, { reprovision: { contract: 1 } });
      const kept = await records.read(key, never);
      const quarantine = { since: at(0), because, by, returnTo: east };
      const observed = { hub, at: at(0) };
      const next = { ...(kept?.record ?? record), home: hub, observed, quarantine };
      await records.write(key, next, kept?.version, never);
    },
    /** As of a device that a rule has put there. */
    forgetReturn: async () => {
      const kept = await records.read(key, never);
      if (!kept?.record.quarantine) throw new Error('not in quarantine');
      const quarantine = { ...kept.record.quarantine, returnTo: undefined };
      await records.write(key, { ...kept.record, quarantine }, kept.version, never);
    },
    recordNow: async () => (await records.read(key, never))?.record,
    history: () => records.history(key, 10, never),
    move: moveDevice(ports, moveLimits),
    see: (...evidence: readonly Evidence[]) =>
      recordEvidence(ports, moveLimits)(main, 'device-1', evidence, true),
    sweep: () =>
      sweepMoves(ports, { ...moveLimits, dueMax: 10, atOnceMax: 2, budgetMs: 60_000 })(
        () => undefined,
      ),
    end: endMove(ports, moveLimits),
    order: orderDevice(
      { ...ports, moveDevice: moveDevice(ports, moveLimits), endMove: endMove(ports, moveLimits) },
      moveLimits,
    ),
  };
};
