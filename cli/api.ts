import { readFile } from 'node:fs/promises';
import { requestedWith } from '../shared/wire/route-table.ts';
import { misspelled } from './misspelled.ts';

/** The management API. @throws Error with what was wrong, in one line. */
export type Api = {
  /** `call('GET', 'policy/7')` */
  readonly call: (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<unknown>;
  /** A device of the scope: `devices/main/pump%2f7`. */
  readonly pathOf: (deviceId: string) => string;
  readonly scope: string;
  /** Where the app is. */
  readonly url: string;
};

export type Where = {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly scope?: string | undefined;
};

/** What was answered last: under `--json` it is what a command comes to. */
let newest: unknown;
export const newestAnswer = (): unknown => newest;

/** The name of an error that may pass by itself. */
export const noAnswer = 'NoAnswer';

/** Written by `npm start`, in the folder where it runs. */
const localFile = '.local/rehome.json';

/** Flags come before the environment, and that before what runs here. Whoever names another address shows it no token of what runs here. */
export const connect = async (flags: Where): Promise<Api> => {
  const here = await readHere();
  const url = flags.url ?? process.env['REHOME_URL'] ?? here.url;
  const token =
    flags.token ?? process.env['REHOME_TOKEN'] ?? (url === here.url ? here.token : undefined);
  const scope = flags.scope ?? here.scope ?? 'main';
  if (!url) throw misspelled('nothing runs here: start it with npm start, or say where with --url');
  return {
    scope,
    url,
    pathOf: (deviceId) => `devices/${encodeURIComponent(scope)}/${encodeURIComponent(deviceId)}`,
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(`${url}/api/${path}`, {
        method,
        headers: {
          [requestedWith]: 'rehome',
          ...headers,
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(60_000),
      }).catch((error: Error) => {
        const message = `${url} gives no answer (does it run?): ${String(error.cause ?? error.message)}`;
        throw Object.assign(new Error(message), { name: noAnswer });
      });
      const answer = await response.json().catch(() => undefined);
      if (!response.ok) throw new Error(problemOf(response.status, answer));
      newest = answer;
      return answer;
    },
  };
};

const readHere = async (): Promise<Where> => {
  try {
    return JSON.parse(await readFile(localFile, 'utf8'));
  } catch {
    return {}; // nothing runs here
  }
};

type Problem = {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
};

export type FieldError = { readonly field: string; readonly detail: string };

const problemOf = (status: number, answer: unknown): string => {
  const { title = `status ${status}`, detail, errors = [] } = (answer ?? {}) as Problem;
  const details = detail === undefined ? named(errors) : [detail, ...named(errors)];
  return details.length > 0 ? `${title}: ${details.join('; ')}` : title;
};

export const named = (errors: readonly FieldError[]): readonly string[] =>
  errors.map(({ field, detail }) => `${field}: ${detail}`);
