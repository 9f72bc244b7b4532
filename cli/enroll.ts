import type { HubView } from '../shared/wire/api/hubs.ts';
import { type Api, connect } from './api.ts';
import {
  asksRehome,
  fingerprint,
  isHidden,
  isOfOthers,
  type Judged,
  judge,
  type Known,
  keyIn,
  type Opened,
  urlOf,
} from './enrollment-findings.ts';
import {
  type Enrolled,
  type Enrollments,
  enrollmentsOf,
  webhookApiVersion,
} from './enrollments.ts';
import { type Command, type Flags, hostOf, print, say } from './flags.ts';
import { misspelled } from './misspelled.ts';
import { columns } from './plan-text.ts';

/** `rehome enroll`: the webhook and its key on the enrollments of one DPS. Keys come by the environment, and are never shown. */
type Entered = {
  readonly api: Api;
  readonly enrollments: Enrollments;
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
  return { api, enrollments, key: process.env['REHOME_WEBHOOK_KEY'] };
};

const keyOf = ({ key }: Entered): string => {
  if (key === undefined) throw misspelled('expected the function key in REHOME_WEBHOOK_KEY');
  return key;
};

/** Those named, or all. @throws Error naming one that is not there. */
const chosen = (all: readonly Enrolled[], ids: readonly string[]): readonly Enrolled[] => {
  const missing = ids.find((id) => !all.some((one) => one.id === id));
  if (missing !== undefined) throw misspelled(`the DPS has no enrollment ${missing}`);
  return ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
};

const check: Command = async (flags, ids) => {
  const entered = await enter(flags);
  const all = await entered.enrollments.all();
  const judged = await judgeAll(flags, entered, chosen(all, ids));
  if (flags.json) print(JSON.stringify({ enrollments: judged.map(toJson) }, null, 2));
  else for (const line of tableOf(judged)) say(line);
  if (judged.some(({ findings }) => findings.some(({ weight }) => weight === 'wrong')))
    process.exitCode = 1;
};

/** Whoever asks another's webhook has to be named: where that was, nobody could say afterwards. */
const put: Command = async (flags, ids) => {
  if (ids.length === 0 && !flags.all)
    throw misspelled('expected enrollments by their ids, or --all of them');
  const entered = await enter(flags);
  const key = encodeURIComponent(keyOf(entered));
  const { url, scope } = entered.api;
  const webhookUrl = `${url}/api/dps/${encodeURIComponent(scope)}/allocate?code=${key}`;
  if (!/^https:|^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(webhookUrl))
    throw misspelled(`a webhook needs https: ${url}`);
  await mustOpen(webhookUrl);
  const all = chosen(await entered.enrollments.all(), ids);
  const left = ids.length === 0 ? all.filter(isOfOthers) : [];
  for (const { id, webhookUrl: other } of left)
    say(`  ${id} asks ${urlOf(other)?.host}: it is left as it is, unless you name it`);
  const onto = all.filter((one) => !left.includes(one));
  const isDone = (one: Enrolled) =>
    one.webhookUrl === webhookUrl &&
    one.allocationPolicy === 'custom' &&
    one.apiVersion === webhookApiVersion;
  const wanted = onto.filter((one) => !isDone(one));
  say(`${wanted.length} of ${onto.length} enrollments are to ask ${urlOf(webhookUrl)?.host}`);
  await carryOut(flags, entered, wanted, () => webhookUrl);
};

/** How often the list is read again for what came while it was worked off. */
const roundsMax = 5;

/**
 * The new key in place of whatever key is there, on every enrollment of this DPS that asks Rehome, whatever its scope and under whatever name
 * of the app. Both keys open the door while it goes on: a device may register at any time.
 */
const rotate: Command = async (flags, ids) => {
  if (ids.length > 0) throw misspelled('rotate takes no enrollment: all that ask Rehome');
  const entered = await enter(flags);
  const key = keyOf(entered);
  const rekeyed = (one: Enrolled): string => withKey(one.webhookUrl ?? '', key);
  let ours = (await entered.enrollments.all()).filter(asksRehome);
  if (ours.length === 0) throw new Error('no enrollment of this DPS asks Rehome: nothing is done');
  const hidden = ours.filter(({ webhookUrl = '' }) => isHidden(webhookUrl)).length;
  for (let round = 1; round <= roundsMax; round += 1) {
    const wanted = ours.filter((one) => one.webhookUrl !== rekeyed(one));
    if (wanted.length === 0) break;
    if (round > 1 && hidden === wanted.length) break; // what is hidden stays so
    for (const url of new Set(wanted.map(rekeyed))) await mustOpen(url);
    say(`${wanted.length} of ${ours.length} enrollments are to have key ${fingerprint(key)}`);
    await carryOut(flags, entered, wanted, rekeyed);
    if (!flags.yes) return;
    ours = (await entered.enrollments.all()).filter(asksRehome);
  }
  const others = ours.filter((one) => one.webhookUrl !== rekeyed(one));
  const failed = others.filter(({ webhookUrl = '' }) => !isHidden(webhookUrl));
  if (failed.length > 0)
    throw new Error(`without it still: ${failed.map(({ id }) => id).join(', ')}. Run it again`);
  if (hidden > 0) say(`${hidden} could not be looked at: the DPS does not show their keys`);
  say(`All ${ours.length} enrollments of this DPS that ask Rehome have key ${fingerprint(key)}.`);
  say('The key opens every scope: see to each other DPS, and only then delete the old one.');
};

export const enrollCommands: Readonly<Record<string, Command>> = { check, put, rotate };

const withKey = (webhookUrl: string, key: string): string => {
  const url = new URL(webhookUrl.replace(/\?\*{4}$/, ''));
  url.searchParams.set('code', key);
  return url.href;
};

const mustOpen = async (webhookUrl: string): Promise<void> => {
  const opened = await openedBy(webhookUrl);
  if (opened === 'opens') return;
  const { host, pathname } = new URL(webhookUrl);
  const key = fingerprint(keyIn(webhookUrl) ?? '');
  throw new Error(`${host}${pathname}, tried with key ${key}: ${opened}. Nothing is changed`);
};

/** One that fails holds up no other; one that is gone is nobody's. */
const carryOut = async (
  flags: Flags,
  { enrollments }: Entered,
  wanted: readonly Enrolled[],
  urlFor: (one: Enrolled) => string,
): Promise<void> => {
  if (!flags.yes) {
    for (const one of wanted) say(`  ${one.kind} ${one.id}, which ${nowOf(one)}`);
    return say('Nothing is changed: --yes does it.');
  }
  const failed: string[] = [];
  for (const one of wanted) {
    try {
      const outcome = await enrollments.putWebhook(one, urlFor(one));
      say(`  ${one.kind} ${one.id}: ${outcome}`);
    } catch (error) {
      failed.push(`${one.id}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failed.length > 0)
    throw new Error(`${failed.length} failed, the others are done: ${failed.join('; ')}`);
};

const nowOf = ({ allocationPolicy, webhookUrl }: Enrolled): string =>
  allocationPolicy === 'custom'
    ? `asks ${urlOf(webhookUrl)?.host ?? 'nobody'} now`
    : `places by ${allocationPolicy ?? 'the DPS’s own policy'} now`;

const judgeAll = async (
  flags: Flags,
  { api, key }: Entered,
  among: readonly Enrolled[],
): Promise<readonly Judged[]> => {
  const urls = among.filter(asksRehome).flatMap(({ webhookUrl }) => webhookUrl ?? []);
  const opened = new Map<string, Opened>();
  for (const url of new Set(urls))
    if (!isHidden(url)) opened.set(new URL(url).href, await openedBy(url));
  const known: Known = { hubs: await hubsOf(flags, api), key, opened };
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

/** Without a sign-in there is no management API: then nothing is said of hub lists. */
const hubsOf = async ({ hubs }: Flags, api: Api): Promise<ReadonlySet<string> | undefined> => {
  if (hubs !== undefined)
    return new Set(hubs.split(',').map((hub) => hostOf(hub.trim()).toLowerCase()));
  try {
    const answer = (await api.call('GET', 'hubs')) as { readonly hubs: readonly HubView[] };
    return new Set(answer.hubs.map(({ hub }) => hub));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`hub lists are not looked at, unless you say --hubs A,B: ${why}`);
    return undefined;
  }
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
