import type { z } from 'zod';
import type { Role } from '../principal.ts';

/**
 * One noun of the management API, as data: what its routes take and what they answer. The route table, the OpenAPI description, the page's and
 * the command line's types, and the tests are made from it.
 */
export type Api = {
  /** `/api/{noun}/…` */
  readonly noun: string;
  /** Whether a scope stands behind the noun. */
  readonly isScoped: boolean;
  /** By operation id. */
  readonly routes: Readonly<Record<string, ApiRoute>>;
};

export type ApiRoute = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Behind the noun and its scope: `:deviceId/moves`. */
  readonly path: string;
  readonly role: Role;
  /** One sentence. */
  readonly says: string;
  /** Parameters of the path that are one of a few words. */
  readonly params?: Readonly<Record<string, z.ZodType>>;
  readonly query?: Readonly<Record<string, z.ZodType>>;
  /** What a client sends; the parsers say more of what is wrong with it. */
  readonly body?: z.ZodType;
  /** By status. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
  /** Whether it takes the version that a change is made from. */
  readonly takesIfMatch?: true;
  /** Whether the same `Idempotency-Key` asks for the same thing once. */
  readonly takesKey?: true;
  /** Words of the path that stop something: they are obeyed even where the audit cannot be written. */
  readonly brakes?: readonly string[];
  /** A POST that changes nothing: it needs no audit. */
  readonly changesNothing?: true;
};

export const isChange = ({ method, changesNothing }: ApiRoute): boolean =>
  method !== 'GET' && !changesNothing;
