import type { Json, JsonObject } from '../json.ts';
import { isoTime, randomKey, type World } from '../world.ts';
import { newSection, type Section, toServiceView } from './twin.ts';

/** A device identity and its twin, as the hub keeps them. Changed in place: a fleet has many. */
export type HubDevice = {
  readonly deviceId: string;
  readonly generationId: string;
  status: 'enabled' | 'disabled';
  keys: DeviceKeys;
  readonly iotEdge: boolean;
  readonly tags: JsonObject;
  readonly desired: Section;
  readonly reported: Section;
  /** Counts changes of the identity, and of the twin: their etags. */
  identityVersion: number;
  twinVersion: number;
  session: Session | undefined;
  lastActivityMs: number;
  connectionUpdatedMs: number;
};

export type DeviceKeys = { readonly primaryKey: string; readonly secondaryKey: string };

/** A device's link to the hub, by whatever transport. */
export type Session = {
  readonly close: (why: string) => void;
  /** Whether the device has subscribed to its methods: only then is it online to them. */
  readonly takesMethods: () => boolean;
  /** A method is called; the answer comes with the request id. */
  readonly invoke: (methodName: string, requestId: string, payload: Json) => void;
  /** A change of the desired properties. */
  readonly notify: (patch: JsonObject) => void;
};

/** What a device answers to a method. */
export type MethodReply = { readonly status: number; readonly payload: Json };

/** A call that the device has not answered. */
export type MethodCall = {
  readonly device: HubDevice;
  readonly answer: (reply: MethodReply) => void;
};

/** What a back end may say of an identity. */
export type Identity = {
  readonly deviceId: string;
  readonly status?: 'enabled' | 'disabled';
  readonly capabilities?: { readonly iotEdge?: boolean };
  readonly authentication?: { readonly symmetricKey?: Partial<DeviceKeys> | null };
};

export const newDevice = (identity: Identity, generationId: string, world: World): HubDevice => {
  const at = isoTime(world.now());
  return {
    deviceId: identity.deviceId,
    generationId,
    status: identity.status ?? 'enabled',
    keys: keysOf(identity, world),
    iotEdge: identity.capabilities?.iotEdge ?? false,
    tags: {},
    desired: newSection(at),
    reported: newSection(at),
    identityVersion: 1,
    twinVersion: 1,
    session: undefined,
    lastActivityMs: 0,
    connectionUpdatedMs: 0,
  };
};

/** Keys that are not given are made. */
export const keysOf = ({ authentication }: Identity, world: World): DeviceKeys => ({
  primaryKey: authentication?.symmetricKey?.primaryKey || randomKey(world),
  secondaryKey: authentication?.symmetricKey?.secondaryKey || randomKey(world),
});

export const identityEtag = ({ identityVersion }: HubDevice): string => etag(identityVersion);
export const twinEtag = ({ twinVersion }: HubDevice): string => etag(twinVersion);

/** A counter of 8 bytes in base64: `AAAAAAAAAAE=`. */
const etag = (version: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(version));
  return bytes.toString('base64');
};

const connectionState = ({ session }: HubDevice): string =>
  session ? 'Connected' : 'Disconnected';

/** Azure's way to say never. */
const timeOrNever = (ms: number): string => (ms === 0 ? '0001-01-01T00:00:00Z' : isoTime(ms));

export const toIdentity = (device: HubDevice) => ({
  deviceId: device.deviceId,
  generationId: device.generationId,
  etag: identityEtag(device),
  connectionState: connectionState(device),
  status: device.status,
  statusReason: null,
  connectionStateUpdatedTime: timeOrNever(device.connectionUpdatedMs),
  statusUpdatedTime: timeOrNever(0),
  lastActivityTime: timeOrNever(device.lastActivityMs),
  cloudToDeviceMessageCount: 0,
  authentication: {
    symmetricKey: { ...device.keys },
    x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
    type: 'sas',
  },
  capabilities: { iotEdge: device.iotEdge },
});

export const toTwin = (device: HubDevice): JsonObject => ({
  deviceId: device.deviceId,
  etag: twinEtag(device),
  deviceEtag: identityEtag(device),
  status: device.status,
  connectionState: connectionState(device),
  lastActivityTime: timeOrNever(device.lastActivityMs),
  authenticationType: 'sas',
  version: device.twinVersion,
  tags: device.tags,
  properties: {
    desired: toServiceView(device.desired),
    reported: toServiceView(device.reported),
  },
  capabilities: { iotEdge: device.iotEdge },
});
