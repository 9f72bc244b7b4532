import type { HttpReply } from '../json.ts';

/** A refusal of the DPS, as its REST API answers it: `{ errorCode, message, … }`. */
export type DpsError = Error & { readonly reply: HttpReply };

export const dpsError = (
  status: number,
  errorCode: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): DpsError =>
  Object.assign(new Error(message), {
    reply: { status, body: { errorCode, message, trackingId: '', timestampUtc: '' }, headers },
  });

export const isDpsError = (error: unknown): error is DpsError =>
  error instanceof Error && 'reply' in error;
