import type { Reply } from '../../campaign/move-commands.ts';

/** What went wrong with a call of a hub, as far as it told. */
export type HubFault = {
  /** undefined: there was no answer. */
  readonly status: number | undefined;
  /** `404103`, or `DeviceNotOnline`, as the hub spelled it; empty when it did not. */
  readonly codes: readonly string[];
  readonly retryAfterMs: number | undefined;
  /** Of the network: `ECONNREFUSED`. */
  readonly network: string | undefined;
  readonly message: string;
};

/**
 * The SDK's error → what the hub said. The SDK's classes mislead: an offline device is a plain `Error('Not found')`, a spent quota is
 * a TooManyDevicesError, so the header and the body are read, which is JSON within JSON for methods.
 */
export const hubFault = (error: unknown): HubFault => {
  const held = (typeof error === 'object' && error !== null ? error : {}) as SdkError;
  const headers = held.response?.headers ?? {};
  const seconds = Number(headers['retry-after']);
  return {
    status: held.response?.statusCode,
    codes: [headers['iothub-errorcode'], ...codesIn(held.responseBody)].filter(
      (code) => !!code,
    ) as string[],
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined,
    network: held.code,
    message: error instanceof Error ? error.message : String(error),
  };
};

type SdkError = {
  readonly code?: string;
  readonly responseBody?: string;
  readonly response?: {
    readonly statusCode?: number;
    readonly headers?: Readonly<Record<string, string | undefined>>;
  };
};

/** `{"Message":"ErrorCode:DeviceNotFound;…"}` or `{"Message":"{\"errorCode\":404103,…}"}` */
const codesIn = (body: string | undefined): readonly string[] =>
  [...(body ?? '').matchAll(/(?:ErrorCode:|errorCode\\*":\s*)(\w+)/g)].map(
    ([, code]) => code ?? '',
  );

const has = ({ codes }: HubFault, ...wanted: readonly string[]): boolean =>
  codes.some((code) => wanted.includes(code));

/** Whether the hub says that it has no such device. */
export const isAbsent = (fault: HubFault): boolean =>
  fault.status === 404 && has(fault, '404001', 'DeviceNotFound');

/** Before any byte was sent. */
const unreachable: readonly (string | undefined)[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

const second = 1_000;
const busyMs = 10 * second;
const failingOverMs = 60 * second;

/**
 * What a fault of a call that tells a device something means for the request. Only what is sure not to have arrived may be taken for
 * unsent: all else is unknown.
 *
 * @param now for the daily quota, which comes back at 00:00 UTC
 * @see https://learn.microsoft.com/azure/iot-hub/troubleshoot-error-codes
 */
export const replyTo = (fault: HubFault, now: number): Reply => {
  const { status, network, retryAfterMs, message } = fault;
  const because = `${fault.codes[0] ?? network ?? status ?? 'no answer'}: ${message}`.slice(0, 200);
  const later = (ms: number): Reply => ({
    kind: 'throttled',
    retryAfterMs: retryAfterMs ?? ms,
    because,
  });
  if (status === undefined) {
    return unreachable.includes(network) ? later(failingOverMs) : { kind: 'unknown' };
  }
  if (has(fault, '404103', 'DeviceNotOnline')) return { kind: 'offline' };
  if (has(fault, '404104', 'DeviceConnectionClosedRemotely')) return { kind: 'unknown' };
  if (has(fault, '404012', 'IotHubFailingOver', 'IotHubNotFound')) return later(failingOverMs);
  if (has(fault, '403002', 'IotHubQuotaExceeded')) return later(untilMidnight(now));
  if (has(fault, '403800', 'DeviceMaximumInflightMethodExceeded')) return later(busyMs);
  switch (status) {
    case 401:
      return later(failingOverMs);
    case 429:
      return later(busyMs);
    case 408:
    case 500:
    case 502:
    case 503:
    case 504:
      return { kind: 'unknown' };
    default:
      return { kind: 'unsignallable', because };
  }
};

const dayMs = 86_400 * second;
const untilMidnight = (now: number): number => dayMs - (now % dayMs);
