import type { IotHub } from '../../local/iot-hub/hub.ts';
import type { HubEvent } from '../../local/iot-hub/hub-event.ts';
import type { DeviceRecord } from '../../shared/domain/device.ts';
import { type Move, requestId, type SettledMove } from '../../shared/domain/move.ts';
import type { DeviceRecords } from '../../shared/ports/device-records.ts';
import type { Story } from './story.ts';
import type { VirtualWorld } from './virtual-world.ts';

type Grounds = {
  readonly hubs: ReadonlyMap<string, IotHub>;
  readonly world: VirtualWorld;
  readonly story: Story;
  readonly opens: (deviceId: string, move: Move) => void;
};

/** How late a settled move may be: sweeps come by the minute, and a store that fails is asked again. */
const lateMsMax = 30 * 60_000;
const skewMs = 10_000;
const short = (hub: string | undefined): string => hub?.split('.')[0] ?? 'nowhere';

/** [M1] to [M7]: what is written of devices, against what really happened, told by nobody late. */
export const lawsOfMoves = ({ hubs, world, story, opens }: Grounds) => {
  const settledMoves: SettledMove[] = [];
  const verdicts = new Map<string, string>();
  const opened = new Set<string>();
  const inLedger = new Set<string>();
  const gone = new Map<string, Set<string>>();
  const connectedAt = new Map<string, number>();
  const records = new Map<string, DeviceRecord>();
  const holds = (hub: string, deviceId: string): boolean =>
    hubs.get(hub)?.devices.has(deviceId) ?? false;

  const settles = ({ move, verdict, because }: SettledMove, deviceId: string): void => {
    const { id, from, to, triggeredAt } = move;
    story.tell(deviceId, `is ${verdict}, off ${short(from)} to ${short(to)}: ${because} (${id})`);
    if (verdicts.has(id)) story.violate('M4', `${id} has two verdicts`, deviceId);
    verdicts.set(id, verdict);
    if (verdict !== 'verified') return;
    const at = connectedAt.get(`${to} ${deviceId}`) ?? -1;
    if (holds(from, deviceId))
      story.violate('M3', `${id} is verified, and still on its source`, deviceId);
    if (!holds(to, deviceId))
      story.violate('M3', `${id} is verified, and not on its target`, deviceId);
    if (at <= triggeredAt - skewMs)
      story.violate('M3', `${id} is verified, and never connected to its target since`, deviceId);
  };

  const writes = (
    before: DeviceRecord | undefined,
    after: DeviceRecord,
    settled: SettledMove | undefined,
  ): void => {
    const { deviceId, move, finding } = after;
    records.set(deviceId, after);
    if (move && move.id !== before?.move?.id) {
      const way = `from ${short(move.from)} to ${short(move.to)}`;
      story.tell(deviceId, `is to go ${way} (${move.id}, by ${move.campaignId})`);
      opens(deviceId, move);
    }
    if (settled) {
      settledMoves.push(settled);
      settles(settled, deviceId);
    }
    if (before?.move && before.move.id !== move?.id && settled?.move.id !== before.move.id)
      story.violate('M1', `${before.move.id} was dropped without a verdict`, deviceId);
    if (move) {
      opened.add(move.id);
      inLedger.add(requestId(move));
    }
    if (finding && finding.kind !== before?.finding?.kind) {
      story.tell(deviceId, `is found ${finding.kind}`);
      if (finding.kind === 'decommissioned' && [...hubs.keys()].some((hub) => holds(hub, deviceId)))
        story.violate('M7', `${deviceId} is decommissioned, and there`, deviceId);
    }
  };
  return {
    settled: settledMoves as readonly SettledMove[],
    opened: opened as ReadonlySet<string>,
    records: records as ReadonlyMap<string, DeviceRecord>,
    recordOf: (deviceId: string): DeviceRecord | undefined => records.get(deviceId),
    note: ({ hubName, deviceId, opType }: HubEvent): void => {
      story.tell(deviceId, `${words[opType] ?? opType} ${hubName}`);
      const host = [...hubs.keys()].find((name) => name.startsWith(`${hubName}.`)) ?? '';
      if (opType === 'deviceConnected') connectedAt.set(`${host} ${deviceId}`, world.now());
    },
    /** A device hears a request, on whatever hub. */
    heard: (deviceId: string, request: string): void => {
      story.tell(deviceId, `hears ${request}`);
      if (!inLedger.has(request))
        story.violate('M2', `${deviceId} was told ${request} before the ledger`, deviceId);
    },
    /** A device registers for a request; and has done so. */
    goes: (deviceId: string, request: string): void => {
      story.tell(deviceId, `goes for ${request}`);
      if (gone.get(deviceId)?.has(request))
        story.violate('M5', `${deviceId} acts on ${request} again`, deviceId);
    },
    arrived: (deviceId: string, request: string): void => {
      gone.set(deviceId, (gone.get(deviceId) ?? new Set()).add(request));
    },
    watch: (kept: DeviceRecords): DeviceRecords => ({
      ...kept,
      write: async (key, record, version, signal, settled) => {
        const before = (await kept.read(key, signal))?.record;
        const outcome = await kept.write(key, record, version, signal, settled);
        if (outcome === 'written') writes(before, record, settled);
        return outcome;
      },
    }),
    /** After each step. @param downUntil when the store was last down: nobody can settle anything then. */
    checkDeadlines: (downUntil: number): void => {
      for (const { deviceId, move } of records.values())
        if (move && world.now() > Math.max(move.deadline, downUntil) + lateMsMax)
          story.violate('M6', `${move.id} is open past its deadline`, deviceId);
    },
  };
};

const words: Readonly<Record<string, string>> = {
  deviceConnected: 'connects to',
  deviceDisconnected: 'is off',
  createDeviceIdentity: 'is created on',
  deleteDeviceIdentity: 'is deleted from',
  updateTwin: 'has a changed twin on',
  replaceTwin: 'has a new twin on',
};
