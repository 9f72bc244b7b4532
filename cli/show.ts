import type { Api } from './api.ts';

type DeviceView = { readonly deviceId: string; readonly explained: readonly string[] };
type Settled = {
  readonly settledAt: string;
  readonly from: string;
  readonly to: string;
  readonly verdict: string;
  readonly because: string;
};

/** Where a device is, why, and how its moves ended. */
export const show = async (
  api: Api,
  deviceId: string,
  say: (line: string) => void,
): Promise<void> => {
  const path = api.pathOf(deviceId);
  const { explained } = (await api.call('GET', path)) as DeviceView;
  const { moves } = (await api.call('GET', `${path}/moves`)) as {
    readonly moves: readonly Settled[];
  };
  say(`${deviceId}: ${explained.join(' ')}`);
  for (const { settledAt, from, to, verdict, because } of moves)
    say(`  ${settledAt}  ${from} → ${to}  ${verdict}: ${because}`);
};
