import type { IotHub } from '../../local/iot-hub/hub.ts';
import type { HubEvent } from '../../local/iot-hub/hub-event.ts';
import type { DeviceRecord } from '../../shared/domain/device.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { requestId, type SettledMove } from '../../shared/domain/move.ts';
import type { DeviceRecords } from '../../shared/ports/device-records.ts';
import type { VirtualWorld } from './virtual-world.ts';

/** What really happened, told by nobody late: each law is checked against it, at once. */
type Truth = {
  readonly violations: string[];
  /** What happened, line by line: for whoever looks into a seed. */
  readonly log: string[];
  readonly settled: SettledMove[];
  readonly opened: Set<string>;
  readonly note: (event: HubEvent) => void;
  /** A device hears a request, on whatever hub. */
  readonly heard: (deviceId: string, request: string) => void;
  /** A device registers for a request, and has done so. */
  readonly goes: (deviceId: string, request: string) => void;
  readonly arrived: (deviceId: string, request: string) => void;
  readonly answered: (deviceId: string, current: string | undefined, hub: string) => void;
  readonly watch: (records: DeviceRecords) => DeviceRecords;
  readonly checkDeadlines: () => void;
  readonly recordOf: (deviceId: string) => DeviceRecord | undefined;
};

const minuteMs = 60_000;

/** How late a settled move may be: sweeps come by the minute, and a store that fails is asked again. */
const lateMsMax = 15 * 60_000;

export const truth = (
  hubs: ReadonlyMap<string, IotHub>,
  world: VirtualWorld,
  closed: ReadonlySet<string>,
): Truth => {
  /** When a hub was last seen closed, and a device last in quarantine: what was decided a moment ago stands on that. */
  const closedAt = new Map<string, number>();
  const suspectAt = new Map<string, number>();
  const violations: string[] = [];
  const log: string[] = [];
  const tell = (deviceId: string, what: string): void => {
    log.push(`${(world.now() / 60_000).toFixed(3)} ${deviceId} ${what}`);
  };
  const settledMoves: SettledMove[] = [];
  const opened = new Set<string>();
  const inLedger = new Set<string>();
  const gone = new Map<string, Set<string>>();
  const connectedAt = new Map<string, number>();
  const records = new Map<string, DeviceRecord>();
  const violate = (law: string, what: string): void => {
    const seen = `[${law}] ${what}`;
    if (!violations.some((one) => one.startsWith(seen)))
      violations.push(`${seen}, at ${Math.round(world.now())}`);
  };
  const holds = (hub: string, deviceId: string): boolean =>
    hubs.get(hub)?.devices.has(deviceId) ?? false;

  const settles = (settled: SettledMove, deviceId: string): void => {
    const { move, verdict } = settled;
    if (settledMoves.some((other) => other.move.id === move.id))
      violate('M4', `${move.id} has two verdicts`);
    settledMoves.push(settled);
    if (verdict !== 'verified') return;
    const at = connectedAt.get(`${move.to} ${deviceId}`) ?? -1;
    if (holds(move.from, deviceId)) violate('M3', `${move.id} verified, and still on its source`);
    if (!holds(move.to, deviceId)) violate('M3', `${move.id} verified, and not on its target`);
    if (at <= move.triggeredAt)
      violate('M3', `${move.id} verified, and never connected to its target since`);
  };

  const writes = (before: DeviceRecord | undefined, after: DeviceRecord, settled?: SettledMove) => {
    const { deviceId, move, finding } = after;
    records.set(deviceId, after);
    if (before?.quarantine || after.quarantine) suspectAt.set(deviceId, world.now());
    const { observed, ask, from, to, attempt, sends } = { ...after, ...move };
    const place = `on ${observed?.hub} finding ${finding?.kind}`;
    tell(
      deviceId,
      move ? `${move.id}:${attempt} ${ask?.kind} x${sends} ${from}>${to} ${place}` : place,
    );
    if (settled) tell(deviceId, `${settled.move.id} ${settled.verdict}: ${settled.because}`);
    if (settled) settles(settled, deviceId);
    if (before?.move && before.move.id !== move?.id && settled?.move.id !== before.move.id)
      violate('M1', `${before.move.id} was dropped without a verdict`);
    if (move) {
      opened.add(move.id);
      inLedger.add(requestId(move));
    }
    if (finding?.kind === 'decommissioned' && before?.finding?.kind !== 'decommissioned') {
      if ([...hubs.keys()].some((hub) => holds(hub, deviceId)))
        violate('M7', `${deviceId} is decommissioned, and there`);
    }
  };
  return {
    violations,
    log,
    settled: settledMoves,
    opened,
    note: ({ hubName, deviceId, opType, body }) => {
      tell(
        deviceId,
        `${hubName} ${opType} ${JSON.stringify(body['properties'] ?? '').slice(0, 200)}`,
      );
      const host = [...hubs.keys()].find((name) => name.startsWith(`${hubName}.`)) ?? '';
      if (opType === 'deviceConnected') connectedAt.set(`${host} ${deviceId}`, world.now());
    },
    heard: (deviceId, request) => {
      tell(deviceId, `hears ${request}`);
      if (!inLedger.has(request))
        violate('M2', `${deviceId} was told ${request} before the ledger`);
    },
    goes: (deviceId, request) => {
      tell(deviceId, `goes for ${request}`);
      if (gone.get(deviceId)?.has(request)) violate('M5', `${deviceId} acts on ${request} again`);
    },
    arrived: (deviceId, request) => {
      gone.set(deviceId, (gone.get(deviceId) ?? new Set()).add(request));
    },
    answered: (deviceId, current, hub) => {
      tell(deviceId, `webhook: ${current} > ${hub}`);
      if (current === undefined || hubHostName(current) === hubHostName(hub)) return;
      const move = records.get(deviceId)?.move;
      const released = move && move.to === hubHostName(hub) && world.now() <= move.notAfter;
      const lately = (at: number | undefined) => at !== undefined && world.now() - at <= minuteMs;
      const isSuspect = records.get(deviceId)?.quarantine || lately(suspectAt.get(deviceId));
      const isExiled = isSuspect && hub.startsWith('exile.');
      if (!released && !isExiled && !lately(closedAt.get(hubHostName(current))))
        violate('A2', `${deviceId} is sent from ${current} to ${hub} without a move`);
    },
    watch: (kept) => ({
      ...kept,
      write: async (key, record, version, signal, settled) => {
        const before = (await kept.read(key, signal))?.record;
        const outcome = await kept.write(key, record, version, signal, settled);
        if (outcome === 'written') writes(before, record, settled);
        return outcome;
      },
    }),
    checkDeadlines: () => {
      for (const hub of closed) closedAt.set(hub, world.now());
      for (const { deviceId, move } of records.values()) {
        if (move && world.now() > move.deadline + lateMsMax)
          violate('M6', `${move.id} of ${deviceId} is open past its deadline`);
      }
    },
    recordOf: (deviceId) => records.get(deviceId),
  };
};
