/** An event as it is kept, and as a consumer gets it. */
export type StoredEvent = {
  readonly sequence: number;
  readonly offset: number;
  readonly enqueuedMs: number;
  readonly bytes: Buffer;
};

/** Where a consumer begins. */
export type Position =
  | { readonly kind: 'earliest' | 'latest' }
  | {
      readonly kind: 'offset' | 'sequence' | 'time';
      readonly value: number;
      readonly inclusive: boolean;
    };

/** One partition: events in order, the oldest given up when there are too many. Changed in place. */
export type Partition = {
  readonly id: string;
  readonly events: StoredEvent[];
  nextSequence: number;
  /** Counts bytes. */
  nextOffset: number;
  lastEnqueuedMs: number;
  readonly listeners: Set<() => void>;
};

const eventCountMax = 100_000;

export const newPartition = (id: string, firstSequence: number): Partition => ({
  id,
  events: [],
  nextSequence: firstSequence,
  nextOffset: firstSequence * 32, // so that it outruns the bytes of the life before, too
  lastEnqueuedMs: 0,
  listeners: new Set(),
});

export const append = (
  partition: Partition,
  nowMs: number,
  build: (event: Omit<StoredEvent, 'bytes'>) => Buffer,
): StoredEvent => {
  const enqueuedMs = Math.max(nowMs, partition.lastEnqueuedMs);
  const place = { sequence: partition.nextSequence, offset: partition.nextOffset, enqueuedMs };
  const event = { ...place, bytes: build(place) };
  partition.events.push(event);
  partition.nextSequence += 1;
  partition.nextOffset += event.bytes.length;
  partition.lastEnqueuedMs = enqueuedMs;
  if (partition.events.length > eventCountMax * 1.1)
    partition.events.splice(0, partition.events.length - eventCountMax);
  return event;
};

export const firstSequence = ({ nextSequence, events }: Partition): number =>
  nextSequence - events.length;

export const eventAt = (partition: Partition, sequence: number): StoredEvent | undefined =>
  partition.events[sequence - firstSequence(partition)];

/** The first sequence number to deliver; undefined for a position past the end. */
export const resolvePosition = (partition: Partition, at: Position): number | undefined => {
  const { events, nextSequence, nextOffset } = partition;
  const first = firstSequence(partition);
  const from = (isWanted: (event: StoredEvent) => boolean): number => {
    const index = events.findIndex(isWanted);
    return index === -1 ? nextSequence : first + index;
  };
  switch (at.kind) {
    case 'earliest':
      return first;
    case 'latest':
      return nextSequence;
    case 'time':
      return from(({ enqueuedMs }) => enqueuedMs > at.value);
    case 'sequence': {
      const next = at.inclusive ? at.value : at.value + 1;
      return next > nextSequence ? undefined : Math.max(first, next);
    }
    case 'offset':
      if (at.value >= nextOffset && !(at.inclusive && at.value === nextOffset)) return undefined;
      return from(({ offset }) => (at.inclusive ? offset >= at.value : offset > at.value));
  }
};
