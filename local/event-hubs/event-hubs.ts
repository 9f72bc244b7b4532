import type { TakesToken } from '../identity/identity.ts';
import { randomKey, type World } from '../world.ts';
import { append, newPartition, type Partition } from './partition.ts';
import { partitionOfKey } from './partition-of-key.ts';
import { type Message, stamped } from './sections.ts';

/** The core of an Event Hubs namespace, without sockets: its state. */
export type EventHubs = {
  readonly world: World;
  readonly keyName: string;
  readonly key: string;
  readonly takesToken: TakesToken;
  /** By name in lower case. */
  readonly hubs: ReadonlyMap<string, EventHub>;
};

export type EventHub = {
  readonly name: string;
  readonly partitions: readonly Partition[];
  /** In lower case. */
  readonly consumerGroups: ReadonlySet<string>;
  readonly createdMs: number;
  /** Events without a key go round. */
  turn: number;
  /** Whether it refuses all that is sent, as one that is overrun or gone. */
  isBusy: boolean;
};

export type EventHubOptions = {
  readonly name: string;
  readonly partitionCount: number;
  readonly consumerGroups?: readonly string[];
};

/** @param takesToken of clients without a key: none, unless told. */
export const createEventHubs = (
  options: readonly EventHubOptions[],
  world: World,
  takesToken: TakesToken = () => false,
): EventHubs => ({
  world,
  takesToken,
  keyName: 'RootManageSharedAccessKey',
  key: randomKey(world),
  hubs: new Map(options.map((one) => [one.name.toLowerCase(), createHub(one, world)])),
});

const createHub = (
  { name, partitionCount, consumerGroups = [] }: EventHubOptions,
  world: World,
): EventHub => ({
  name,
  partitions: Array.from({ length: partitionCount }, (_, index) =>
    newPartition(String(index), clockSequence(world.now())),
  ),
  consumerGroups: new Set(['$default', ...consumerGroups.map((group) => group.toLowerCase())]),
  createdMs: world.now(),
  turn: 0,
  isBusy: false,
});

/** A sequence number that no life before can have reached, so that its checkpoints stay good. */
const clockSequence = (nowMs: number): number => Math.max(0, nowMs - Date.UTC(2024, 0, 1)) * 1000;

export const route = (hub: EventHub, key: string | undefined): Partition => {
  hub.turn += 1;
  const { partitions, turn } = hub;
  const index =
    key === undefined ? turn % partitions.length : partitionOfKey(key, partitions.length);
  return partitions[index] as Partition;
};

/** Puts events of one batch on a partition, and wakes who listens. */
export const publish = (
  { world }: EventHubs,
  partition: Partition,
  messages: readonly Message[],
  batchKey: string | undefined,
): void => {
  for (const message of messages) {
    append(partition, world.now(), ({ sequence, offset, enqueuedMs }) =>
      stamped(message, {
        sequence,
        offset: String(offset),
        enqueuedMs,
        partitionKey: message.partitionKey ?? batchKey,
      }),
    );
  }
  for (const wake of partition.listeners) wake();
};
