/** The management API, from a browser: App Service authentication says who it is, by its cookie. */

export type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly etag: string | undefined;
};

/** What was refused, in a sentence, and with which status. */
const refused = (status: number, message: string): Error =>
  Object.assign(new Error(message), { status });

/** undefined: there was no answer. */
export const statusOf = (fault: unknown): number | undefined =>
  fault instanceof Error && 'status' in fault ? Number(fault.status) : undefined;

const timeoutMs = 20_000;

/** @throws Error, with a status where it was refused. */
export const ask = async (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> => {
  const response = await fetch(`${base}/${path}`, {
    method,
    headers: {
      ...(method === 'GET' ? {} : { 'x-requested-with': 'rehome-page' }),
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    credentials: 'same-origin',
    redirect: 'manual', // to a page that asks to sign in
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.type === 'opaqueredirect') throw refused(401, 'Nobody is signed in');
  const etag = response.headers.get('etag') ?? undefined;
  if (response.status === 304) return { status: 304, body: undefined, etag };
  const answered: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refused(response.status, sentenceOf(response.status, answered));
  return { status: response.status, body: answered, etag };
};

/** The page is at `/api/ops`: the API stands beside it. */
const base = location.pathname.replace(/\/ops\/?$/, '');

type Problem = {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly detail: string }[];
};

const sentenceOf = (status: number, answered: unknown): string => {
  const { title = `status ${status}`, detail, errors = [] } = (answered ?? {}) as Problem;
  const told = errors.map(({ field, detail: what }) => `${field}: ${what}`);
  return [title, ...(detail === undefined ? [] : [detail]), ...told].join(': ');
};

/** Sent again after a fault, it asks once. */
export const once = (): Readonly<Record<string, string>> => ({
  'idempotency-key': crypto.randomUUID(),
});

export const wordsOf = (fault: unknown): string =>
  fault instanceof Error ? fault.message : String(fault);

export const signInUrl = (): string =>
  `/.auth/login/aad?post_login_redirect_uri=${encodeURIComponent(location.pathname + location.hash)}`;
