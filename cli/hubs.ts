import type { HubView } from '../shared/wire/api/hubs.ts';
import type { InventoryView } from '../shared/wire/api/inventory.ts';
import type { Api } from './api.ts';
import { columns, count, short } from './plan-text.ts';

type Say = (line: string) => void;

export const listHubs = async (api: Api, json: boolean, say: Say): Promise<void> => {
  const answer = (await api.call('GET', 'hubs')) as { readonly hubs: readonly HubView[] };
  if (json) return say(JSON.stringify(answer, null, 2));
  const rows = answer.hubs.map(row);
  const header = ['hub', 'state', 'devices', 'may hold', 'weight', 'tier', 'region', 'counted'];
  for (const line of columns([header, ...rows])) say(line);
};

const row = (hub: HubView): readonly string[] => [
  short(hub.hub),
  hub.trouble ? `${hub.state}, ${hub.trouble.kind}` : hub.state,
  hub.deviceCount === null ? '?' : count(hub.deviceCount),
  count(hub.capacity),
  String(hub.weight),
  hub.tier === null ? '' : `${hub.tier}${hub.units > 1 ? ` × ${hub.units}` : ''}`,
  hub.region ?? '',
  hub.countedAt ?? 'never',
];

/** `{ state: 'cordoned' }`, and so on. */
export const changeHub = async (
  api: Api,
  hub: string,
  change: object,
  reason: string,
  say: Say,
): Promise<void> => {
  const path = `hubs/${encodeURIComponent(hub)}`;
  const after = (await api.call('PUT', path, { ...change, reason })) as HubView;
  say(
    `${after.hub} is ${after.state}, with weight ${after.weight} and room for ${count(after.capacity)}: everywhere within seconds`,
  );
};

export const showInventory = async (api: Api, json: boolean, say: Say): Promise<void> => {
  const view = (await api.call(
    'GET',
    `inventory/${encodeURIComponent(api.scope)}`,
  )) as InventoryView;
  if (json) return say(JSON.stringify(view, null, 2));
  const { pass, phase, begunAt, endedAt, counts, groupsLeft, hubsLeft } = view;
  const left = hubsLeft.length > 0 ? `, on ${hubsLeft.map(short).join(', ')}` : '';
  const groups = groupsLeft > 0 ? `, ${groupsLeft} groups to go` : '';
  say(
    `pass ${pass} of ${view.scope}, begun ${begunAt}: ${endedAt ? `done ${endedAt}` : `${phase}${groups}${left}`}`,
  );
  for (const [name, what] of told) say(`${count(counts[name]).padStart(10)}  ${what}`);
};

const told = [
  ['enrollments', 'enrollments'],
  ['registered', 'devices that DPS knows'],
  ['identities', 'identities on the hubs'],
  ['takenIn', 'devices taken in, that Rehome did not know'],
  ['updated', 'devices of which something is new'],
  ['ghosts', 'identities left behind on another hub'],
  ['missing', 'devices that their hub does not hold any more'],
  ['faults', 'records that could not be read'],
] as const;
