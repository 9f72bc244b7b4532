import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { AmqpError, Connection, EventContext, Receiver, Sender } from 'rhea';
import { type Claim, covers, pathOf } from './access.ts';
import type { EventHub, EventHubs } from './event-hubs.ts';
import type { Partition } from './partition.ts';

/** One client's connection: what it may do, and its links. Changed in place. */
export type Client = {
  readonly hubs: EventHubs;
  readonly claims: Map<string, Claim>;
  readonly consumers: Map<Sender, Consumer>;
  readonly publishers: Map<Receiver, PublishTarget>;
};

/** A consumer: a link of ours that sends it the events of one partition. */
export type Consumer = {
  readonly link: Sender;
  readonly partition: Partition;
  readonly group: string;
  readonly name: string;
  /** The owner level: the highest has the partition for itself. */
  readonly epoch: number | undefined;
  readonly wake: () => void;
  next: number;
  sent: number;
};

export type PublishTarget = { readonly hub: EventHub; readonly partition: Partition | undefined };

export const unauthorized = ({ claims, hubs }: Client, address: string): AmqpError | undefined => {
  const path = pathOf(address);
  const isClaimed = [...claims.entries()].some(
    ([scope, { expiresMs }]) => expiresMs > hubs.world.now() && covers(scope, path),
  );
  if (isClaimed) return undefined;
  const description = `Unauthorized access. 'Listen' or 'Send' claim(s) are required. Resource: '${address}'.`;
  return { condition: 'amqp:unauthorized-access', description };
};

export const notFound = (what: string): AmqpError => ({
  condition: 'amqp:not-found',
  description: `The messaging entity '${what}' could not be found. TrackingId:${randomUUID()}`,
});

export const badPartition = ({ partitions }: EventHub): AmqpError => ({
  condition: 'com.microsoft:argument-out-of-range',
  description: `The specified partition is invalid: it should be between 0 and ${partitions.length - 1}.`,
});

export const isService = (address: string): boolean =>
  address === '$cbs' || address.endsWith('$management');

/** rhea sends our attach after the open event, so fields can still be set on it there. */
export const setAttach = (link: Sender | Receiver, fields: object): void => {
  Object.assign((link as unknown as { local: { attach: object } }).local.attach, fields);
};

const heartbeat = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]);

/**
 * The SDK's sockets keep Nagle on: its second small frame waits for our acknowledgement, which Linux delays by 40 ms unless there is
 * something to send. So input that got no answer in its turn is answered with a heartbeat.
 */
export const answerAtOnce = (socket: Socket): void => {
  socket.prependListener('data', () => {
    const before = socket.bytesWritten;
    setImmediate(() => {
      if (socket.bytesWritten === before && socket.writable) socket.write(heartbeat);
    });
  });
};

export const linkOf = <Kind extends 'sender' | 'receiver'>(
  context: EventContext,
  kind: Kind,
): NonNullable<EventContext[Kind]> => {
  const link = context[kind];
  if (!link) throw new Error(`The event has no ${kind}.`);
  return link;
};

export const socketOf = (connection: Connection): Socket =>
  (connection as unknown as { readonly socket: Socket }).socket;
