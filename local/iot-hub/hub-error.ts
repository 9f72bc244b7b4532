import type { HttpReply } from '../json.ts';

/** A refusal of the hub, as its REST API answers it. */
export type HubError = Error & { readonly reply: HttpReply };

/** `{ Message: "ErrorCode:DeviceNotFound;…" }` with the code in a header, as the registry and the twins answer. */
export const hubError = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HubError =>
  Object.assign(new Error(message), {
    reply: {
      status,
      body: { Message: `ErrorCode:${code};${message}`, ExceptionMessage: '' },
      headers: { ...headers, 'iothub-errorcode': code },
    },
  });

/** `{ Message: "{\"errorCode\":404103,…}" }`, JSON in JSON, as direct methods answer. */
export const methodError = (
  status: number,
  errorCode: number,
  code: string,
  message: string,
): HubError =>
  Object.assign(new Error(message), {
    reply: {
      status,
      body: { Message: JSON.stringify({ errorCode, message }), ExceptionMessage: '' },
      headers: { 'iothub-errorcode': code },
    },
  });

export const isHubError = (error: unknown): error is HubError =>
  error instanceof Error && 'reply' in error;
