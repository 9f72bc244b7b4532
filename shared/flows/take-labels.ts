import { type DeviceRecord, deviceKey } from '../domain/device.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { Scope } from '../domain/scope.ts';
import type { Clock } from '../ports/clock.ts';
import { changeRecord, type Ledger } from './change-record.ts';
import type { MarkCause } from './mark-cause.ts';

/** What a twin says that rules go by: its tags, which operators write; or what the device reports itself. `null`: it says that no more. */
export type TwinLabels = {
  readonly deviceId: string;
  readonly by: 'operators' | 'device';
  readonly labels: Readonly<Record<string, string | null>>;
};

export type TakeLabels = (told: readonly TwinLabels[]) => Promise<void>;

type Ports = Ledger & { readonly clock: Clock; readonly markCause: MarkCause };

/** A device that reports now this and now that would be moved to and fro: what it says counts when it has said so for so long. */
const holdMs = 30 * 60_000;

/**
 * Labels of devices → their records; where one changes, where the device belongs is planned anew. Hubs do not know scopes, so a device is looked
 * for in each.
 */
export const takeLabels =
  (scopes: ReadonlySet<Scope>, ports: Ports): TakeLabels =>
  async (told) => {
    for (const one of told)
      for (const scope of scopes) {
        await changeRecord(ports, deviceKey(scope, one.deviceId), async (record) => {
          if (record?.deviceId !== one.deviceId) return { entry: undefined, said: undefined };
          const after = labelledBy(record, one, ports.clock.now());
          if (after === record) return { entry: undefined, said: undefined };
          // Before it is written: a mark too many is a plan that moves nobody; one too few, a device left where it must not be.
          if (after.labels !== record.labels)
            await ports.markCause([scope], `the twin of ${one.deviceId} says otherwise`);
          return { entry: { record: after, settled: undefined }, said: undefined };
        });
      }
  };

export const labelledBy = (
  record: DeviceRecord,
  { by, labels }: Omit<TwinLabels, 'deviceId'>,
  now: Instant,
): DeviceRecord => {
  const news = Object.entries(labels).filter(
    ([name, value]) => (record.labels[name] ?? null) !== value,
  );
  if (by === 'operators') return news.length === 0 ? record : relabelled(record, news);
  const { claimed } = record;
  if (news.length === 0) return claimed ? { ...record, claimed: undefined } : record;
  const isSame =
    claimed !== undefined &&
    news.length === Object.keys(claimed.labels).length &&
    news.every(([name, value]) => claimed.labels[name] === value);
  return isSame
    ? record
    : { ...record, claimed: { labels: Object.fromEntries(news), nextAt: instant(now + holdMs) } };
};

/** What the device has said for long enough counts. */
export const claimTaken = (record: DeviceRecord): DeviceRecord => {
  const { claimed, ...rest } = record;
  return claimed
    ? { ...relabelled({ ...rest, claimed: undefined }, Object.entries(claimed.labels)) }
    : record;
};

const relabelled = (
  record: DeviceRecord,
  news: readonly (readonly [string, string | null])[],
): DeviceRecord => {
  const labels = Object.fromEntries(
    [...Object.entries(record.labels), ...news].filter(
      (entry): entry is [string, string] => entry[1] !== null,
    ),
  );
  for (const [name, value] of news) if (value === null) delete labels[name];
  return { ...record, labels };
};
