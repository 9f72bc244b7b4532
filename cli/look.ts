import type { DecisionView } from '../shared/wire/api/decisions.ts';
import type { DeviceView } from '../shared/wire/api/devices.ts';
import type { AuditView } from '../shared/wire/api/history.ts';
import type { StatusView } from '../shared/wire/api/status.ts';
import type { Api } from './api.ts';
import { columns, short } from './plan-text.ts';

type Say = (line: string) => void;

const table = (header: readonly string[], rows: readonly (readonly string[])[], say: Say): void => {
  for (const line of columns([header, ...rows])) say(line);
};

/** Who you are, what the app is set to, and what of it does not work. */
export const showStatus = async (api: Api, say: Say): Promise<void> => {
  const view = (await api.call('GET', 'status')) as StatusView;
  const { you, scopes, dial, needsTwoPersons, store, hubs, policy, disabled } = view;
  say(`you are ${you.name}: ${you.roles.join(', ') || 'without a role'}`);
  for (const { name, isTakenIn } of scopes)
    say(`scope ${name}${isTakenIn === false ? ': its fleet is being taken in' : ''}`);
  say(`dial: ${dial ?? 'off'}${needsTwoPersons ? '; two persons are needed to approve' : ''}`);
  say(`${hubs.count} hubs, as of ${hubs.takenAt}; policy ${policy}`);
  say(store.fault === null ? `the store (${store.kind}) answers` : `the store: ${store.fault}`);
  for (const { what, because } of disabled) say(`${what} are switched off: ${because}`);
};

/** Who changed what, the newest first. */
export const listChanges = async (api: Api, say: Say): Promise<void> => {
  const { changes } = (await api.call('GET', 'history?limit=50')) as {
    readonly changes: readonly AuditView[];
  };
  if (changes.length === 0) return say('nobody has changed anything yet');
  const rows = changes.map(({ at, by, operation, target, outcome, because }) => [
    at,
    by,
    operation,
    target,
    outcome,
    because ?? '',
  ]);
  table(['at', 'by', 'did', 'to', 'outcome', 'because'], rows, say);
};

/** What DPS was answered in the last ten minutes, where it changed something. */
export const listDecisions = async (api: Api, say: Say): Promise<void> => {
  const path = `decisions/${encodeURIComponent(api.scope)}`;
  const { decisions, isCut } = (await api.call('GET', path)) as {
    readonly decisions: readonly DecisionView[];
    readonly isCut: boolean;
  };
  if (decisions.length === 0) return say('nobody was placed in the last ten minutes');
  const rows = decisions.map(({ at, deviceId, from, hub, because, rules }) => [
    at,
    deviceId,
    from === null ? '' : short(from),
    short(hub),
    because,
    rules.join(', '),
  ]);
  table(['at', 'device', 'was on', 'answered', 'because', 'rules'], rows, say);
  if (isCut) say(`… and more: these are ${decisions.length} of them`);
};

/** Devices that are moved, looked for, or tidied up after. */
export const listAttended = async (api: Api, say: Say): Promise<void> => {
  const path = `devices/${encodeURIComponent(api.scope)}?limit=200`;
  const { devices, after } = (await api.call('GET', path)) as {
    readonly devices: readonly DeviceView[];
    readonly after: string | null;
  };
  if (devices.length === 0) return say('none is looked after');
  const rows = devices.map(({ deviceId, observed, move, finding }) => [
    deviceId,
    observed ? short(observed.hub) : '',
    move ? `${move.stage}, to ${short(move.to)}` : '',
    finding?.kind ?? '',
  ]);
  table(['device', 'on', 'move', 'what is wrong'], rows, say);
  if (after !== null) say('… and more');
};
