import { readFile } from 'node:fs/promises';

/** The management API of one scope. @throws Error with what was wrong, in one line. */
export type Api = (
  method: 'GET' | 'POST' | 'DELETE',
  rest: string,
  body?: object,
) => Promise<unknown>;

export type Where = {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly scope?: string | undefined;
};

/** Written by `npm start`, in the folder where it runs. */
const localFile = '.local/rehome.json';

/** Flags come before the environment, and that before what runs here. */
export const connect = async (flags: Where): Promise<Api> => {
  const here = await readHere();
  const url = flags.url ?? process.env['REHOME_URL'] ?? here.url;
  const token = flags.token ?? process.env['REHOME_TOKEN'] ?? here.token;
  const scope = flags.scope ?? here.scope ?? 'main';
  if (!url) throw new Error('nothing runs here: start it with npm start, or say where with --url');
  return async (method, rest, body) => {
    const address = `${url}/api/devices/${encodeURIComponent(scope)}/${rest}`;
    const response = await fetch(address, {
      method,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(60_000),
    }).catch((error: Error) => {
      throw new Error(
        `${url} gives no answer (does it run?): ${String(error.cause ?? error.message)}`,
      );
    });
    const answer = await response.json().catch(() => undefined);
    if (!response.ok) throw new Error(problemOf(response.status, answer));
    return answer;
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
  readonly errors?: readonly { readonly field: string; readonly detail: string }[];
};

const problemOf = (status: number, answer: unknown): string => {
  const { title = `status ${status}`, detail, errors = [] } = (answer ?? {}) as Problem;
  const named = errors.map(({ field, detail: wrong }) => `${field}: ${wrong}`);
  const details = detail === undefined ? named : [detail, ...named];
  return details.length > 0 ? `${title}: ${details.join('; ')}` : title;
};
