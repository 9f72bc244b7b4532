/**
 * AMQP 1.0 messages in bytes, as far as a broker reads them: which sections there are, the partition key, and its own annotations put in.
 * Bodies and properties are passed on as they came.
 * @see https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-messaging-v1.0-os.html
 */
const section = { header: 0x70, deliveryAnnotations: 0x71, annotations: 0x72, data: 0x75 } as const;

/** What a publisher sent is no AMQP message. */
export type Malformed = Error & { readonly malformed: true };

const malformed = (why: string): Malformed =>
  Object.assign(new Error(why), { malformed: true as const });

export const isMalformed = (error: unknown): error is Malformed =>
  error instanceof Error && 'malformed' in error;

export type Message = {
  /** The header section, perhaps empty. */
  readonly header: Buffer;
  /** Entries of the message annotations that are not the service's, as they came, and how many keys and values. */
  readonly annotations: Buffer;
  readonly annotationCount: number;
  readonly partitionKey: string | undefined;
  /** From the properties on. */
  readonly rest: Buffer;
};

const empty = Buffer.alloc(0);

export const splitMessage = (bytes: Buffer): Message => {
  let message: Message = {
    header: empty,
    annotations: empty,
    annotationCount: 0,
    partitionKey: undefined,
    rest: empty,
  };
  let at = 0;
  while (at < bytes.length) {
    const { code, start, value, end } = sectionAt(bytes, at);
    if (code === section.header) message = { ...message, header: bytes.subarray(start, end) };
    else if (code === section.annotations) message = { ...message, ...annotationsAt(bytes, value) };
    else if (code !== section.deliveryAnnotations)
      return { ...message, rest: bytes.subarray(start) };
    at = end;
  }
  return message;
};

/** An Event Hubs batch (message format 0x80013700): each of its data sections is an encoded event. */
export const splitBatch = (
  bytes: Buffer,
): { readonly partitionKey: string | undefined; readonly events: readonly Buffer[] } => {
  const { partitionKey, rest } = splitMessage(bytes);
  const events: Buffer[] = [];
  let at = bytes.length - rest.length;
  while (at < bytes.length) {
    const { code, value, end } = sectionAt(bytes, at);
    if (code === section.data) events.push(payload(bytes, value, end));
    at = end;
  }
  return { partitionKey, events };
};

export type Stamp = {
  readonly sequence: number;
  readonly offset: string;
  readonly enqueuedMs: number;
  readonly partitionKey: string | undefined;
};

/** What a consumer gets: header, the annotations with the service's own, then the rest. */
export const stamped = (
  { header, annotations, annotationCount, rest }: Message,
  { sequence, offset, enqueuedMs, partitionKey }: Stamp,
): Buffer => {
  const own = [
    symbol('x-opt-sequence-number'),
    long(0x81, sequence),
    symbol('x-opt-offset'),
    string(offset),
    symbol('x-opt-enqueued-time'),
    long(0x83, enqueuedMs),
    ...(partitionKey === undefined ? [] : [symbol('x-opt-partition-key'), string(partitionKey)]),
  ];
  const entries = Buffer.concat([...own, annotations]);
  const head = Buffer.alloc(12);
  head.set([0x00, 0x53, section.annotations, 0xd1]); // a map of 32-bit size and count
  head.writeUInt32BE(entries.length + 4, 4);
  head.writeUInt32BE(own.length + annotationCount, 8);
  return Buffer.concat([header, head, entries, rest]);
};

type Section = {
  readonly code: number;
  readonly start: number;
  readonly value: number;
  readonly end: number;
};

const sectionAt = (bytes: Buffer, at: number): Section => {
  if (bytes[at] !== 0x00) throw malformed('expected a described section');
  const value = endOfValue(bytes, at + 1);
  const isSmall = bytes[at + 1] === 0x53;
  if (!isSmall && bytes[at + 1] !== 0x80) throw malformed('unsupported section descriptor');
  const code = isSmall ? bytes.readUInt8(at + 2) : bytes.readUInt32BE(at + 6);
  return { code, start: at, value, end: endOfValue(bytes, value) };
};

/** Widths by the high four bits of a constructor. */
const fixedWidths: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };

const endOfValue = (bytes: Buffer, at: number): number => {
  const code = bytes[at];
  if (code === undefined) throw malformed('truncated value');
  const end =
    code === 0 ? endOfValue(bytes, endOfValue(bytes, at + 1)) : endOfPlain(bytes, at, code);
  if (end > bytes.length) throw malformed('truncated value');
  return end;
};

const endOfPlain = (bytes: Buffer, at: number, code: number): number => {
  const kind = code >> 4;
  const width = fixedWidths[kind];
  if (width !== undefined) return at + 1 + width;
  const isWide = kind === 0xb || kind === 0xd || kind === 0xf;
  if (!isWide && kind !== 0xa && kind !== 0xc && kind !== 0xe) {
    throw malformed(`unknown constructor 0x${code.toString(16)}`);
  }
  if (at + (isWide ? 5 : 2) > bytes.length) throw malformed('truncated value');
  return isWide ? at + 5 + bytes.readUInt32BE(at + 1) : at + 2 + bytes.readUInt8(at + 1);
};

/** Of a binary, a string or a symbol. */
const payload = (bytes: Buffer, at: number, end: number): Buffer =>
  bytes.subarray(at + ((bytes[at] ?? 0) >> 4 === 0xb ? 5 : 2), end);

const owned: readonly string[] = [
  'x-opt-sequence-number',
  'x-opt-offset',
  'x-opt-enqueued-time',
  'x-opt-partition-key',
];

const annotationsAt = (
  bytes: Buffer,
  value: number,
): Pick<Message, 'annotations' | 'annotationCount' | 'partitionKey'> => {
  const kept: Buffer[] = [];
  let partitionKey: string | undefined;
  const isWide = bytes[value] === 0xd1;
  const count = isWide || bytes[value] === 0xc1 ? countAt(bytes, value, isWide) : 0;
  let at = value + (isWide ? 9 : 3);
  for (let index = 0; index < count; index += 2) {
    const keyEnd = endOfValue(bytes, at);
    const valueEnd = endOfValue(bytes, keyEnd);
    const key = payload(bytes, at, keyEnd).toString('latin1');
    const isNull = bytes[keyEnd] === 0x40;
    if (key === 'x-opt-partition-key' && !isNull)
      partitionKey = payload(bytes, keyEnd, valueEnd).toString('utf8');
    if (!owned.includes(key)) kept.push(bytes.subarray(at, valueEnd));
    at = valueEnd;
  }
  return { annotations: Buffer.concat(kept), annotationCount: kept.length * 2, partitionKey };
};

const countAt = (bytes: Buffer, value: number, isWide: boolean): number =>
  isWide ? bytes.readUInt32BE(value + 5) : bytes.readUInt8(value + 2);

const symbol = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xa3, text.length]), Buffer.from(text, 'latin1')]);

const string = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8');
  const head = Buffer.alloc(bytes.length < 256 ? 2 : 5);
  head[0] = bytes.length < 256 ? 0xa1 : 0xb1;
  if (bytes.length < 256) head[1] = bytes.length;
  else head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};

const long = (type: number, value: number): Buffer => {
  const bytes = Buffer.alloc(9);
  bytes[0] = type;
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
};
