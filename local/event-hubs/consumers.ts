import type { AmqpError, Sender } from 'rhea';
import { pathOf } from './access.ts';
import {
  badPartition,
  type Client,
  type Consumer,
  notFound,
  setAttach,
  unauthorized,
} from './connection.ts';
import {
  eventAt,
  firstSequence,
  type Partition,
  type Position,
  resolvePosition,
} from './partition.ts';

/** Consumers of partitions. */

/** As Event Hubs limits those without an owner level. */
const readersMax = 5;

/** A client asks to consume. Answers why it may not. @param others are all consumers of the namespace. */
export const attachConsumer = (
  client: Client,
  link: Sender,
  others: Set<Consumer>,
): AmqpError | undefined => {
  const source = link.source as Source | undefined;
  const address = String(source?.address ?? '');
  const [, name = '', group = '', id = ''] =
    /^([^/]+)\/consumergroups\/([^/]+)\/partitions\/([^/]+)$/.exec(pathOf(address)) ?? [];
  const hub = client.hubs.hubs.get(name);
  if (!hub?.consumerGroups.has(group)) return notFound(address);
  const partition = hub.partitions.find((one) => one.id === id);
  if (!partition) return badPartition(hub);
  const refused = unauthorized(client, address);
  if (refused) return refused;
  const position = positionOf(source?.filter);
  if (!position) return { condition: 'amqp:not-implemented', description: 'Unknown filter.' };
  const next = resolvePosition(partition, position);
  if (next === undefined) return pastTheEnd(position);
  const { name: consumerName, epoch } = ownerOf(link);
  const stolen = arbitrate([...others], partition, group, consumerName, epoch, (rival) =>
    release(rival, others),
  );
  if (stolen) return stolen;
  setAttach(link, { snd_settle_mode: 1 }); // events go out settled: none is answered
  const consumer: Consumer = {
    link,
    partition,
    group,
    name: consumerName,
    epoch,
    next,
    sent: 0,
    wake: () => pump(consumer),
  };
  others.add(consumer);
  client.consumers.set(link, consumer);
  // Not in this turn: rhea would write an event before the attach that it belongs to.
  setImmediate(() => {
    partition.listeners.add(consumer.wake);
    pump(consumer);
  });
  return undefined;
};

type Source = {
  readonly address?: string;
  readonly filter?: Readonly<Record<string, unknown>>;
};

export const release = (consumer: Consumer, all: Set<Consumer>): void => {
  consumer.partition.listeners.delete(consumer.wake);
  all.delete(consumer);
};

/** Sends what there is credit for: rhea counts it late, so what was sent is counted here. */
export const pump = (consumer: Consumer): void => {
  const { link, partition } = consumer;
  if (!link.is_open()) return;
  const counted = link as unknown as {
    readonly credit: number;
    readonly delivery_count: number;
    readonly session: { readonly outgoing: { readonly available: () => number } };
  };
  const credit = counted.credit - (consumer.sent - counted.delivery_count);
  let room = Math.min(credit, counted.session.outgoing.available());
  consumer.next = Math.max(consumer.next, firstSequence(partition)); // it fell behind what is kept
  for (; room > 0; room -= 1) {
    const event = eventAt(partition, consumer.next);
    if (!event) return;
    link.send(event.bytes, undefined, 0);
    consumer.sent += 1;
    consumer.next += 1;
  }
};

const ownerOf = (link: Sender): { readonly name: string; readonly epoch: number | undefined } => {
  const properties = (link.properties ?? {}) as Readonly<Record<string, unknown>>;
  const epoch = properties['com.microsoft:epoch'];
  return {
    name: String(properties['com.microsoft:receiver-name'] ?? link.name),
    epoch: epoch === undefined || epoch === null ? undefined : Number(epoch),
  };
};

/** The highest owner level wins, an equal one takes over, and those without yield to any. */
const arbitrate = (
  others: readonly Consumer[],
  partition: Partition,
  group: string,
  name: string,
  epoch: number | undefined,
  giveUp: (rival: Consumer) => void,
): AmqpError | undefined => {
  const rivals = others.filter((one) => one.partition === partition && one.group === group);
  const highest = Math.max(-1, ...rivals.map((rival) => rival.epoch ?? -1));
  if (highest >= 0 && (epoch === undefined || epoch < highest)) {
    const description = `Receiver with a higher epoch of '${highest}' already exists. Receiver '${name}' with epoch '${epoch ?? 'none'}' cannot be created.`;
    return { condition: 'amqp:link:stolen', description };
  }
  if (epoch === undefined) {
    if (rivals.length < readersMax) return undefined;
    const description = `Exceeded the maximum number of allowed receivers per partition in a consumer group which is ${readersMax}.`;
    return { condition: 'amqp:resource-limit-exceeded', description };
  }
  for (const rival of rivals) {
    giveUp(rival);
    const description = `New receiver '${name}' with higher epoch of '${epoch}' is created hence current receiver '${rival.name}' is getting disconnected.`;
    rival.link.close({ condition: 'amqp:link:stolen', description });
  }
  return undefined;
};

const pastTheEnd = (position: Position): AmqpError => {
  const value = 'value' in position ? position.value : '';
  const what = position.kind === 'offset' ? 'offset' : 'sequence number';
  const description = `The supplied ${what} '${value}' is invalid.`;
  return { condition: 'com.microsoft:argument-error', description };
};

const selector = 'apache.org:selector-filter:string';
const expression =
  /^\s*amqp\.annotation\.(x-opt-offset|x-opt-sequence-number|x-opt-enqueued-time)\s*(>=?)\s*'?([^']*)'?\s*$/;
const kinds = {
  'x-opt-offset': 'offset',
  'x-opt-sequence-number': 'sequence',
  'x-opt-enqueued-time': 'time',
} as const;

const positionOf = (filter: Source['filter']): Position | undefined => {
  const raw = filter?.[selector];
  if (raw === undefined || raw === null) return { kind: 'earliest' };
  const text = String(typeof raw === 'object' && 'value' in raw ? raw.value : raw);
  const [, property = '', operator, value = ''] = expression.exec(text) ?? [];
  const kind = kinds[property as keyof typeof kinds];
  if (!kind) return undefined;
  if (value === '@latest') return { kind: 'latest' };
  if (kind === 'offset' && value === '-1') return { kind: 'earliest' };
  const number = Number(value);
  if (value === '' || !Number.isFinite(number)) return undefined;
  return { kind, value: number, inclusive: operator === '>=' };
};
