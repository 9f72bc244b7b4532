import type { Api } from './api.ts';

export type Order = {
  readonly to: string;
  readonly reason: string;
  readonly allowUnknown: boolean;
  readonly allowReset: boolean;
};

type MoveView = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly stage: string;
  readonly requestId: string;
  readonly requestsSent: number;
  readonly triggeredAt: string;
  readonly deadline: string;
  readonly proof: {
    readonly gone: string | null;
    readonly assigned: string | null;
    readonly heard: string | null;
  };
};
type Settled = MoveView & {
  readonly verdict: string;
  readonly because: string;
  readonly settledAt: string;
};

const lookMs = 500;

/** Orders a move and says each step as it comes. Answers whether it is verified. @throws Error when it is refused. */
export const move = async (
  api: Api,
  deviceId: string,
  order: Order,
  say: (line: string) => void,
): Promise<boolean> => {
  const path = api.pathOf(deviceId);
  const begun = (await api.call('POST', `${path}/moves`, order)) as {
    readonly move: MoveView;
    readonly reply: string;
  };
  const { id, from, to, triggeredAt, deadline } = begun.move;
  const since = (at: string): string =>
    `${((Date.parse(at) - Date.parse(triggeredAt)) / 1000).toFixed(1).padStart(7)} s`;
  const step = (at: string, what: string): void => say(`${since(at)}  ${what}`);
  say(`${deviceId}: ${from} → ${to}, move ${id}, settled by ${deadline}`);
  step(triggeredAt, 'the ledger has it: triggered');
  step(new Date().toISOString(), `asked: ${words[begun.reply] ?? begun.reply}`);
  let told = '';
  for (;;) {
    const settled = await settledMove(api, path, id);
    if (settled) return tell(settled, step);
    const { move: now } = (await api.call('GET', path)) as { readonly move: MoveView | null };
    const line = now
      ? `${now.stage}, request ${now.requestId}, sent ${now.requestsSent} times`
      : '';
    if (now && line !== told && told !== '') step(new Date().toISOString(), line);
    told = line || told;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
};

/** What came of asking. */
const words: Readonly<Record<string, string>> = {
  accepted: 'it accepts',
  deferred: 'it will take another request later',
  refused: 'it refuses',
  offline: 'it is offline: the request waits in its twin',
  noHandler: 'its firmware knows no such request',
  throttled: 'its hub takes none now: it is asked again',
  unknown: 'no answer: it is asked again by the same request',
  unsignallable: 'its hub cannot ask it',
};

const settledMove = async (api: Api, path: string, id: string): Promise<Settled | undefined> => {
  const { moves } = (await api.call('GET', `${path}/moves`)) as {
    readonly moves: readonly Settled[];
  };
  return moves.find((one) => one.id === id);
};

const tell = (
  { proof, from, to, verdict, because, settledAt }: Settled,
  step: (at: string, what: string) => void,
): boolean => {
  const seen = [
    [proof.assigned, `${to} has its identity`],
    [proof.gone, `${from} has none`],
    [proof.heard, `heard from on ${to}`],
  ] as const;
  const known = seen.flatMap(([at, what]) => (at === null ? [] : [{ at, what }]));
  for (const { at, what } of known.sort((one, other) => (one.at < other.at ? -1 : 1)))
    step(at, what);
  step(settledAt, `${verdict}: ${because}`);
  return verdict === 'verified';
};
