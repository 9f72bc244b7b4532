import { randomUUID } from 'node:crypto';
import rhea, { type EventContext, type Sender } from 'rhea';
import { claimOf, pathOf } from './access.ts';
import { badPartition, type Client, notFound } from './connection.ts';
import type { EventHub } from './event-hubs.ts';
import { firstSequence } from './partition.ts';

/** The service's own nodes: `$cbs`, which takes tokens, and `$management`, which tells of hubs and partitions. */

const { types } = rhea;

type Answer = {
  readonly status: number;
  readonly text: string;
  readonly condition?: string;
  readonly body?: unknown;
};

type Request = {
  readonly message_id?: unknown;
  readonly reply_to?: string;
  readonly body?: unknown;
  readonly application_properties?: Readonly<Record<string, unknown>>;
};

export const answerRequest = (client: Client, context: EventContext, address: string): void => {
  const request = context.message as unknown as Request;
  const answer = address === '$cbs' ? putToken(client, request) : tell(client, request);
  const { status, text, condition, body = null } = answer;
  replyLink(context, address, request.reply_to)?.send({
    correlation_id: request.message_id as never,
    application_properties: {
      'status-code': types.wrap_int(status),
      'status-description': text,
      statusCode: types.wrap_int(status),
      statusDescription: text,
      ...(condition
        ? { 'error-condition': types.wrap_symbol(condition), errorCondition: condition }
        : {}),
    },
    body: body as never,
  });
};

type Channel = { readonly each_sender: (look: (link: Sender) => void) => void };

/** The client's receiving link on the node; by its address or name where there are several. */
const replyLink = (
  { connection, session }: EventContext,
  address: string,
  replyTo: string | undefined,
): Sender | undefined => {
  const channels = (
    connection as unknown as { readonly local_channel_map: Record<string, Channel> }
  ).local_channel_map;
  const found: Sender[] = [];
  for (const channel of [...Object.values(channels), session as unknown as Channel])
    channel.each_sender((link) => {
      if ((link.source as { readonly address?: string }).address === address) found.push(link);
    });
  return (
    found.find((link) => link.target?.address === replyTo || link.name === replyTo) ?? found[0]
  );
};

const putToken = (client: Client, { body, application_properties = {} }: Request): Answer => {
  const audience = String(application_properties['name'] ?? '');
  if (application_properties['operation'] !== 'put-token') return unknownOperation;
  const claim = claimOf(client.hubs, String(body), audience);
  if (typeof claim === 'string') return refused(claim);
  const path = pathOf(audience);
  const [hub = ''] = path.split('/');
  if (hub !== '' && !client.hubs.hubs.has(hub)) return missing(audience);
  client.claims.set(path, claim);
  return { status: 202, text: 'Accepted' };
};

const unknownOperation: Answer = {
  status: 400,
  text: 'Unknown operation',
  condition: 'amqp:not-implemented',
};
const refused = (why: string): Answer => ({
  status: 401,
  text: `${why} TrackingId:${randomUUID()}`,
  condition: 'amqp:unauthorized-access',
});
const missing = (what: string): Answer => {
  const { description = '', condition = '' } = notFound(what);
  return { status: 404, text: description, condition };
};

const tell = ({ hubs }: Client, { application_properties = {} }: Request): Answer => {
  const { operation, name, type, partition, security_token: token } = application_properties;
  if (operation !== 'READ') return unknownOperation;
  const hub = hubs.hubs.get(String(name).toLowerCase());
  if (!hub) return missing(String(name));
  const claim = claimOf(hubs, String(token ?? ''), hub.name);
  if (typeof claim === 'string') return refused(claim);
  return type === 'com.microsoft:eventhub'
    ? tellOfHub(hub)
    : tellOfPartition(hub, String(partition));
};

const tellOfHub = ({ name, partitions, createdMs }: EventHub): Answer => ({
  status: 200,
  text: 'OK',
  body: {
    name,
    type: 'com.microsoft:eventhub',
    created_at: types.wrap_timestamp(createdMs),
    partition_count: types.wrap_int(partitions.length),
    partition_ids: types.wrap_array(
      partitions.map(({ id }) => id),
      0xa1,
      undefined,
    ),
    georeplication_factor: types.wrap_int(1),
  },
});

/** Azure's way to say never. */
const neverMs = -62_135_596_800_000;

const tellOfPartition = (hub: EventHub, id: string): Answer => {
  const partition = hub.partitions.find((one) => one.id === id);
  if (!partition) {
    const { description = '', condition = '' } = badPartition(hub);
    return { status: 400, text: description, condition };
  }
  const last = partition.events.at(-1);
  return {
    status: 200,
    text: 'OK',
    body: {
      name: hub.name,
      type: 'com.microsoft:partition',
      partition: id,
      begin_sequence_number: types.wrap_long(last ? firstSequence(partition) : 0),
      last_enqueued_sequence_number: types.wrap_long(last?.sequence ?? -1),
      last_enqueued_offset: String(last?.offset ?? -1),
      last_enqueued_time_utc: types.wrap_timestamp(last?.enqueuedMs ?? neverMs),
      is_partition_empty: !last,
    },
  };
};
