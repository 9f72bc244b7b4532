import type { Registration } from '../../shared/allocation/registration.ts';
import type { DeviceRecord } from '../../shared/domain/device.ts';
import { type Hub, hubHostName } from '../../shared/domain/hub.ts';
import type { Move } from '../../shared/domain/move.ts';
import type { HubTables } from '../../shared/ports/hub-tables.ts';
import { exileName } from './script.ts';
import type { Story } from './story.ts';
import type { VirtualWorld } from './virtual-world.ts';

type Grounds = {
  readonly world: VirtualWorld;
  readonly story: Story;
  readonly hubTables: HubTables;
  readonly recordOf: (deviceId: string) => DeviceRecord | undefined;
};

/** A process knows of what was changed so long ago; and clocks are off by a little. */
const knownMs = 30_000;
const skewMs = 10_000;
/** DPS waits for five seconds, and the way takes some of it. */
const inTimeMs = 4_000;

/** [A1] [A2] [A3] [A7] What the webhook answered, against what was so. */
export const lawsOfAnswers = ({ world, story, hubTables, recordOf }: Grounds) => {
  /** When a hub last was in that state, and a device last in quarantine: what is decided a moment later stands on that. */
  const lastIn = new Map<string, number>();
  const suspectAt = new Map<string, number>();
  const lately = (at: number | undefined): boolean => world.now() - (at ?? -1e9) <= knownMs;
  const wasLately = (hub: string, state: Hub['state']): boolean =>
    lately(lastIn.get(`${hub} ${state}`));
  const lastMoves = new Map<string, { readonly move: Move; readonly atMs: number }>();
  const moved = (deviceId: string, current: string, to: string): void => {
    const record = recordOf(deviceId);
    const before = lastMoves.get(deviceId);
    const move =
      record?.move?.to === to ? record.move : lately(before?.atMs) ? before?.move : undefined;
    const isReleased = move?.to === to && world.now() <= move.notAfter + skewMs;
    const isSuspect = record?.quarantine !== undefined || lately(suspectAt.get(deviceId));
    const isExiled = isSuspect && to.startsWith(`${exileName}.`);
    if (!isReleased && !isExiled && !wasLately(current, 'closed'))
      story.violate('A2', `${deviceId} is sent from ${current} to ${to} without a move`, deviceId);
  };
  const placed = (deviceId: string, to: string, linked: readonly string[]): void => {
    const open = linked
      .map(hubHostName)
      .filter((hub) => !hub.startsWith(`${exileName}.`) && wasAlways(hub, 'open'));
    if (open.length > 0 && !wasLately(to, 'open') && !to.startsWith(`${exileName}.`))
      story.violate('A3', `${deviceId} is put on ${to}, which takes nobody`, deviceId);
  };
  const wasAlways = (hub: string, state: Hub['state']): boolean =>
    (['open', 'cordoned', 'draining', 'closed'] as const).every(
      (one) => one === state || !wasLately(hub, one),
    );
  return {
    /** @param tookMs but for what the process stood still. */
    answered: (request: Registration, hub: string, tookMs: number): void => {
      const { deviceId, currentHub, linkedHubs } = request;
      story.tell(deviceId, `registers, is on ${currentHub ?? 'no hub'}, and is answered ${hub}`);
      if (tookMs > inTimeMs)
        story.violate('A7', `${deviceId} is answered after ${Math.round(tookMs)} ms`, deviceId);
      if (!linkedHubs.includes(hub))
        story.violate('A1', `${deviceId} is answered ${hub}, which is not linked`, deviceId);
      const to = hubHostName(hub);
      if (currentHub === undefined) {
        placed(deviceId, to, linkedHubs);
        return;
      }
      const isLinked = linkedHubs.map(hubHostName).includes(hubHostName(currentHub));
      // Where it is DPS can leave it no longer.
      if (isLinked && hubHostName(currentHub) !== to) moved(deviceId, hubHostName(currentHub), to);
    },
    wasClosed: (hub: string): boolean => wasLately(hubHostName(hub), 'closed'),
    /** Before each step: how things are. */
    note: (devices: Iterable<DeviceRecord>): void => {
      for (const { hostName, state } of hubTables.latest().hubs.values())
        lastIn.set(`${hostName} ${state}`, world.now());
      for (const { deviceId, quarantine, move } of devices) {
        if (quarantine) suspectAt.set(deviceId, world.now());
        if (move) lastMoves.set(deviceId, { move, atMs: world.now() });
      }
    },
  };
};
