import type { SettledView } from '../shared/wire/api/devices.ts';
import type { Api } from './api.ts';
import { misspelled } from './misspelled.ts';

type Say = (line: string) => void;

type Answer = {
  readonly device: { readonly explained: readonly string[] };
  readonly move?: { readonly id: string; readonly to: string } | null;
  readonly reply?: string;
  readonly because?: string;
};

/** What was said of a device, and what came of asking it to go. */
const tell = (deviceId: string, { device, move, because }: Answer, say: Say): void => {
  say(`${deviceId}: ${device.explained.join(' ')}`);
  if (move) say(`  move ${move.id} to ${move.to} is under way: npx rehome show ${deviceId}`);
  if (because) say(`  it could not be asked to go: ${because}. It goes when it registers next.`);
};

export const quarantine = async (api: Api, deviceId: string, reason: string, say: Say) =>
  tell(
    deviceId,
    (await api.call('PUT', `${api.pathOf(deviceId)}/quarantine`, { reason })) as Answer,
    say,
  );

export const giveBack = async (
  api: Api,
  deviceId: string,
  reason: string,
  to: string | undefined,
  say: Say,
) => {
  const query = new URLSearchParams({ reason, ...(to ? { to } : {}) });
  const path = `${api.pathOf(deviceId)}/quarantine?${query}`;
  tell(deviceId, (await api.call('DELETE', path)) as Answer, say);
};

export const pin = async (api: Api, deviceId: string, reason: string, say: Say) =>
  tell(deviceId, (await api.call('PUT', `${api.pathOf(deviceId)}/pin`, { reason })) as Answer, say);

export const unpin = async (api: Api, deviceId: string, reason: string, say: Say) => {
  const query = new URLSearchParams({ reason });
  tell(deviceId, (await api.call('DELETE', `${api.pathOf(deviceId)}/pin?${query}`)) as Answer, say);
};

/** @param pairs `tenant=contoso` */
export const label = async (api: Api, deviceId: string, pairs: readonly string[], say: Say) => {
  if (pairs.length === 0)
    throw misspelled('expected NAME=VALUE …: they are all of its labels then');
  const labels = Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw misspelled(`expected name=value, not ${pair}`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
  tell(deviceId, (await api.call('PUT', `${api.pathOf(deviceId)}/labels`, labels)) as Answer, say);
};

/** Calls its move off. */
export const cancelMove = async (api: Api, deviceId: string, reason: string, say: Say) => {
  const query = new URLSearchParams({ reason });
  const path = `${api.pathOf(deviceId)}/move?${query}`;
  const { move } = (await api.call('DELETE', path)) as { readonly move: SettledView };
  say(`${deviceId}: ${move.verdict}: ${move.because}`);
};
