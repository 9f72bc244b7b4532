import type { HubView } from '../shared/wire/api/hubs.ts';
import { type Api, connect } from './api.ts';
import {
  asks,
  fingerprint,
  isHidden,
  type Judged,
  judge,
  type Known,
  type Opened,
} from './enrollment-findings.ts';
import { type Enrolled, type Enrollments, enrollmentsOf } from './enrollments.ts';
import { type Command, type Flags, hostOf, print, say } from './flags.ts';
import { misspelled } from './misspelled.ts';
import { columns } from './plan-text.ts';

/** `rehome enroll`: the webhook and its key on the enrollments of a DPS. Keys come by the environment, and are never shown. */
type Entered = {
  readonly api: Api;
  readonly enrollments: Enrollments;
  readonly all: readonly Enrolled[];
  readonly key: string | undefined;
};

const enter = async (flags: Flags): Promise<Entered> => {
  const api = await connect(flags);
  const connectionString = process.env['REHOME_DPS_CONNECTION'];
  if (connectionString === undefined && flags.dps === undefined)
    throw misspelled(
      'expected --dps HOST, which you are let into by az login; or REHOME_DPS_CONNECTION',
    );
  const entry =
    flags.dps === undefined
      ? { connectionString: connectionString ?? '' }
      : { hostName: flags.dps };
  const enrollments = await enrollmentsOf(entry, say);
  return { api, enrollments, all: await enrollments.all(), key: process.env['REHOME_WEBHOOK_KEY'] };
};

/** Those named, or all. @throws Error naming one that is not there. */
const chosen = (all: readonly Enrolled[], ids: readonly string[]): readonly Enrolled[] => {
  const missing = ids.find((id) => !all.some((one) => one.id === id));
  if (missing !== undefined) throw misspelled(`the DPS has no enrollment ${missing}`);
  return ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
};

const check: Command = async (flags, ids) => {
  const entered = await enter(flags);
  const judged = await judgeAll(flags, entered, chosen(entered.all, ids));
  if (flags.json) print(JSON.stringify({ enrollments: judged.map(toJson) }, null, 2));
  else for (const line of tableOf(judged)) say(line);
  if (judged.some(({ findings }) => findings.some(({ weight }) => weight === 'wrong')))
    process.exitCode = 1;
};

const put: Command = async (flags, ids) => {
  if (ids.length === 0 && !flags.all)
    throw misspelled('expected enrollments by their ids, or --all of them');
  const entered = await enter(flags);
  await putOn(flags, entered, chosen(entered.all, ids));
};

/** Both keys open the door while it goes on: a device may register at any time. */
const rotate: Command = async (flags, ids) => {
  if (ids.length > 0) throw misspelled('rotate takes no enrollment: all that ask this app');
  const entered = await enter(flags);
  const ours = entered.all.filter((one) => asks(one, entered.api.scope));
  const left = [...new Set(ours.flatMap(({ webhookUrl }) => webhookUrl ?? []))];
  for (const url of left.filter((one) => !isHidden(one)))
    if ((await openedBy(url)) === 'refuses')
      say(
        `a key that is still on enrollments is refused already: make it again until this is done`,
      );
  await putOn(flags, entered, ours);
  if (flags.yes)
    say(
      'No enrollment has another key any more: delete the old one (docs/runbook.md, Key rotation).',
    );
};

export const enrollCommands: Readonly<Record<string, Command>> = { check, put, rotate };

/** First the new address is tried; then each enrollment gets it; then it is looked whether it has. */
const putOn = async (
  flags: Flags,
  { api, enrollments, key }: Entered,
  onto: readonly Enrolled[],
): Promise<void> => {
  if (key === undefined) throw misspelled('expected the function key in REHOME_WEBHOOK_KEY');
  const url = `${api.url}/api/dps/${encodeURIComponent(api.scope)}/allocate?code=${encodeURIComponent(key)}`;
  const opened = await openedBy(url);
  if (opened !== 'opens')
    throw new Error(
      `the webhook, tried with key ${fingerprint(key)}: ${opened}. Nothing is changed`,
    );
  const others = onto.filter((one) => one.webhookUrl !== url || one.allocationPolicy !== 'custom');
  say(`${others.length} of ${onto.length} enrollments are to have key ${fingerprint(key)}`);
  if (!flags.yes) {
    for (const { kind, id, allocationPolicy } of others)
      say(
        `  ${kind} ${id}${allocationPolicy === 'custom' ? '' : `, which places by ${allocationPolicy ?? 'the DPS’s own policy'} now`}`,
      );
    return say('Nothing is changed: --yes does it.');
  }
  for (const one of others) {
    await enrollments.putWebhook(one, url);
    say(`  ${one.kind} ${one.id}: done`);
  }
  const after = await enrollments.all();
  const failed = onto.filter(({ kind, id }) => {
    const now = after.find((one) => one.kind === kind && one.id === id);
    return now !== undefined && now.webhookUrl !== url && !isHidden(now.webhookUrl ?? ''); // one that was deleted meanwhile is nobody's
  });
  if (failed.length > 0)
    throw new Error(`without it still: ${failed.map(({ id }) => id).join(', ')}. Run it again`);
};

const judgeAll = async (
  flags: Flags,
  { api, key }: Entered,
  among: readonly Enrolled[],
): Promise<readonly Judged[]> => {
  const urls = among
    .filter((one) => asks(one, api.scope))
    .flatMap(({ webhookUrl }) => webhookUrl ?? []);
  const opened = new Map<string, Opened>();
  for (const url of new Set(urls))
    if (!isHidden(url)) opened.set(new URL(url).href, await openedBy(url));
  const known: Known = { hubs: await hubsOf(flags, api), scope: api.scope, key, opened };
  return among.map((one) => judge(one, known));
};

/** A body that nobody can mean: a good key is answered 400. */
const openedBy = async (url: string): Promise<Opened> => {
  try {
    const { status } = await fetch(url, {
      method: 'POST',
      body: '{}',
      signal: AbortSignal.timeout(10_000),
    });
    if (status === 401 || status === 403) return 'refuses';
    return status === 400 ? 'opens' : 'is something else';
  } catch {
    return 'no answer';
  }
};

const hubsOf = async ({ hubs }: Flags, api: Api): Promise<ReadonlySet<string>> => {
  if (hubs !== undefined) return new Set(hubs.split(',').map((hub) => hostOf(hub.trim())));
  const answer = (await api.call('GET', 'hubs')) as { readonly hubs: readonly HubView[] };
  return new Set(answer.hubs.map(({ hub }) => hub));
};

const toJson = ({ enrollment, asksUs, key, findings }: Judged) => ({
  kind: enrollment.kind,
  id: enrollment.id,
  asksUs,
  key: key ?? null,
  findings,
});

const tableOf = (judged: readonly Judged[]): readonly string[] => {
  const rows = judged.map(({ enrollment, asksUs, key, findings }) => [
    enrollment.id,
    enrollment.kind,
    asksUs ? 'yes' : 'no',
    key ?? '',
    findings.map(({ weight, says }) => (weight === 'wrong' ? `! ${says}` : says)).join('; ') ||
      'good',
  ]);
  return columns([['enrollment', 'kind', 'asks us', 'key', 'what is to be known'], ...rows]);
};
