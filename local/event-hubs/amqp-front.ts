import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import rhea, { type AmqpError, type Connection, type EventContext, type Receiver } from 'rhea';
import { pathOf } from './access.ts';
import {
  answerAtOnce,
  badPartition,
  type Client,
  type Consumer,
  isService,
  linkOf,
  notFound,
  type PublishTarget,
  setAttach,
  socketOf,
  unauthorized,
} from './connection.ts';
import { attachConsumer, pump, release } from './consumers.ts';
import { type EventHubs, publish, route } from './event-hubs.ts';
import { answerRequest } from './requests.ts';
import { isMalformed, splitBatch, splitMessage } from './sections.ts';

export type EventHubsFront = {
  readonly port: number;
  readonly connectionString: string;
  /** Cuts every connection and closes, as a crash of the service would; what was published stays in the core. */
  readonly stop: () => Promise<void>;
};

const messageBytesMax = 1024 * 1024;
const batchFormat = 0x80013700;

/** An Event Hubs namespace over AMQP on 127.0.0.1, for Microsoft's own clients. @param port 0 lets the system choose. */
export const listenEventHubs = async (hubs: EventHubs, port = 0): Promise<EventHubsFront> => {
  const clients = new Map<Connection, Client>();
  const sockets = new Set<Socket>();
  const container = makeContainer(hubs, clients);
  const server: Server = container.listen({
    host: '127.0.0.1',
    port,
    max_frame_size: 65_536,
    channel_max: 4_999,
    idle_time_out: 120_000,
  } as never);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // it closes next
    socket.once('close', () => sockets.delete(socket));
  });
  await once(server, 'listening');
  const listening = (server.address() as AddressInfo).port;
  return {
    port: listening,
    connectionString: `Endpoint=sb://127.0.0.1:${listening};SharedAccessKeyName=${hubs.keyName};SharedAccessKey=${hubs.key};UseDevelopmentEmulator=true`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

const makeContainer = (hubs: EventHubs, clients: Map<Connection, Client>) => {
  const consumers = new Set<Consumer>();
  const container = rhea.create_container({
    id: 'local-event-hubs',
    non_fatal_errors: [],
    tcp_no_delay: true,
    receiver_options: { autoaccept: false, credit_window: 300, max_message_size: messageBytesMax },
    sender_options: { autosettle: true },
  } as never);
  letIn(container);
  const clientOf = ({ connection }: EventContext): Client => {
    const known = clients.get(connection) ?? newClient(hubs, connection);
    clients.set(connection, known);
    return known;
  };
  const consumerOf = (context: EventContext): Consumer | undefined =>
    clientOf(context).consumers.get(linkOf(context, 'sender'));
  const leave = ({ connection }: EventContext): void => {
    for (const consumer of clients.get(connection)?.consumers.values() ?? [])
      release(consumer, consumers);
    clients.delete(connection);
  };
  container.on('connection_open', clientOf);
  container.on('session_open', setHandleMax);
  container.on('receiver_open', (context: EventContext) =>
    openPublisher(clientOf(context), linkOf(context, 'receiver')),
  );
  container.on('sender_open', (context: EventContext) =>
    openConsumer(clientOf(context), context, consumers),
  );
  container.on('message', (context: EventContext) => receive(clientOf(context), context));
  container.on('sendable', (context: EventContext) => {
    const consumer = consumerOf(context);
    if (consumer) pump(consumer);
  });
  container.on('sender_draining', (context: EventContext) => {
    consumerOf(context)?.wake();
    linkOf(context, 'sender').set_drained(true);
  });
  container.on('sender_close', (context: EventContext) => {
    const consumer = consumerOf(context);
    if (consumer) release(consumer, consumers);
  });
  container.on('connection_close', leave);
  container.on('disconnected', leave);
  // rhea turns what a handler throws into an event, and without a listener into nothing.
  container.on('error', (error: Error) => {
    process.stderr.write(`local Event Hubs: ${error.stack ?? error}\n`);
  });
  for (const told of [
    'connection_error',
    'session_error',
    'sender_error',
    'receiver_error',
    'protocol_error',
  ])
    container.on(told, () => undefined);
  return container;
};

/** Some clients read the frame's whole list of fields. */
const setHandleMax = ({ session }: EventContext): void => {
  const { begin } = (session as unknown as { readonly local: { readonly begin: object } }).local;
  Object.assign(begin, { handle_max: 255 });
};

/** Whoever comes is let in, and shows a token for each link. */
const letIn = (container: ReturnType<typeof rhea.create_container>): void => {
  const mechanisms = container.sasl_server_mechanisms as unknown as {
    readonly enable_anonymous: () => void;
    MSSBCBS?: () => object;
  };
  mechanisms.enable_anonymous();
  mechanisms.MSSBCBS = () => ({
    outcome: undefined,
    start(this: { outcome?: boolean }) {
      this.outcome = true;
    },
  });
};

const newClient = (hubs: EventHubs, connection: Connection): Client => {
  answerAtOnce(socketOf(connection));
  return { hubs, claims: new Map(), consumers: new Map(), publishers: new Map() };
};

const openPublisher = (client: Client, link: Receiver): void => {
  const address = String(link.target?.address ?? '');
  setAttach(link, { properties: {} });
  link.set_target({ address });
  if (isService(address)) return;
  const target = publishTarget(client, address);
  if ('condition' in target) link.close(target);
  else client.publishers.set(link, target as PublishTarget);
};

const publishTarget = (client: Client, address: string): PublishTarget | AmqpError => {
  const [, name = '', id] = /^([^/]+)(?:\/partitions\/([^/]+))?$/.exec(pathOf(address)) ?? [];
  const hub = client.hubs.hubs.get(name);
  if (!hub) return notFound(address);
  const refused = unauthorized(client, address);
  if (refused) return refused;
  if (id === undefined) return { hub, partition: undefined };
  const partition = hub.partitions.find((one) => one.id === id);
  return partition ? { hub, partition } : badPartition(hub);
};

const openConsumer = (client: Client, context: EventContext, consumers: Set<Consumer>): void => {
  const link = linkOf(context, 'sender');
  const source = link.source as { readonly address?: string; readonly filter?: object } | undefined;
  const address = String(source?.address ?? '');
  setAttach(link, { properties: {} });
  link.set_source({ address, ...(source?.filter ? { filter: source.filter } : {}) } as never);
  link.set_target({ address: String(link.target?.address ?? '') });
  if (isService(address)) return;
  const refused = attachConsumer(client, link, consumers);
  if (refused) link.close(refused);
};

const receive = (client: Client, context: EventContext): void => {
  const link = linkOf(context, 'receiver');
  const { delivery } = context;
  const address = String(link.target?.address ?? '');
  if (isService(address)) {
    delivery?.accept();
    answerRequest(client, context, address);
    return;
  }
  const target = client.publishers.get(link);
  const refused = target ? take(client, target, context) : notFound(address);
  if (refused) (delivery as unknown as { reject: (error: AmqpError) => void }).reject(refused);
  else delivery?.accept();
};

/** Answers why the events are not taken. */
const take = (
  { hubs }: Client,
  { hub, partition }: PublishTarget,
  context: EventContext,
): AmqpError | undefined => {
  if (hub.isBusy) return { condition: 'com.microsoft:server-busy', description: 'Try later.' };
  const message = context.message as unknown;
  // rhea decodes a single event, and leaves a batch as it came.
  const bytes = Buffer.isBuffer(message) ? message : encode(message);
  if (bytes.length > messageBytesMax) {
    const description = `The received message (delivery-size:${bytes.length}, max-size:${messageBytesMax}) exceeds the limit currently allowed on the link.`;
    return { condition: 'amqp:link:message-size-exceeded', description };
  }
  const { format } = context as unknown as { readonly format?: number };
  try {
    const batch =
      format === batchFormat ? splitBatch(bytes) : { partitionKey: undefined, events: [bytes] };
    const messages = batch.events.map(splitMessage);
    const key = batch.partitionKey ?? messages[0]?.partitionKey;
    publish(hubs, partition ?? route(hub, key), messages, key);
    return undefined;
  } catch (error) {
    if (!isMalformed(error)) throw error;
    return { condition: 'amqp:decode-error', description: error.message };
  }
};

const encode = (message: unknown): Buffer =>
  rhea.message.encode(message as never) as unknown as Buffer;
