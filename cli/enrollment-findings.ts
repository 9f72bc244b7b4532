import { createHash } from 'node:crypto';
import type { Enrolled } from './enrollments.ts';

/** What is wrong with an enrollment, for the fleet that Rehome is to look after. */
export type Finding = {
  /** `wrong` wants mending; `note` is to be known. */
  readonly weight: 'wrong' | 'note';
  readonly says: string;
};

export type Judged = {
  readonly enrollment: Enrolled;
  readonly asksUs: boolean;
  /** Of the key in its webhook's address; undefined where there is none. */
  readonly key: string | undefined;
  readonly findings: readonly Finding[];
};

/** How a webhook's address answered: `opens` its key is good. */
export type Opened = 'opens' | 'refuses' | 'no answer' | 'is something else';

export type Known = {
  /** Host names, in lower case; undefined: nobody said. */
  readonly hubs: ReadonlySet<string> | undefined;
  /** The key that ought to be there; undefined: nobody said. */
  readonly key: string | undefined;
  /** By the webhook's address. */
  readonly opened: ReadonlyMap<string, Opened>;
};

/** The first version that sends a device's payload. */
const payloadSince = '2019-03-31';

/** Of one that does not ask Rehome nothing is wrong: it is another's. */
export const judge = (enrollment: Enrolled, known: Known): Judged => {
  const { webhookUrl } = enrollment;
  const url = urlOf(webhookUrl);
  const asksUs = asksRehome(enrollment);
  const code = webhookUrl && keyIn(webhookUrl);
  const findings =
    asksUs && url
      ? [...webhookFindings(enrollment, url, code, known), ...fleetFindings(enrollment, known.hubs)]
      : strangers(enrollment);
  return { enrollment, asksUs, key: code && fingerprint(code), findings };
};

/** By our own route, of whatever scope, under whatever name of the app. */
export const asksRehome = ({ allocationPolicy, webhookUrl }: Enrolled): boolean =>
  allocationPolicy === 'custom' &&
  /\/dps\/[a-z0-9-]+\/allocate$/i.test(urlOf(webhookUrl)?.pathname ?? '');

/** It asks a webhook that is none of Rehome's. */
export const isOfOthers = (one: Enrolled): boolean =>
  one.allocationPolicy === 'custom' && one.webhookUrl !== undefined && !asksRehome(one);

export const urlOf = (text: string | undefined): URL | undefined =>
  text !== undefined && URL.canParse(text) ? new URL(text) : undefined;

export const keyIn = (webhookUrl: string): string | undefined =>
  urlOf(webhookUrl)?.searchParams.get('code') || undefined;

/** As DPS hides it from the webhook itself: whether from operators too is not documented. */
export const isHidden = (webhookUrl: string): boolean => webhookUrl.endsWith('?****');

/** A key is never shown. */
export const fingerprint = (key: string): string =>
  createHash('sha256').update(key).digest('hex').slice(0, 8);

const wrong = (says: string): Finding => ({ weight: 'wrong', says });
const note = (says: string): Finding => ({ weight: 'note', says });

const strangers = ({ allocationPolicy, webhookUrl }: Enrolled): readonly Finding[] => [
  note(
    allocationPolicy === 'custom'
      ? `asks another webhook: ${urlOf(webhookUrl)?.host ?? 'none'}`
      : `places by ${allocationPolicy ?? 'the DPS’s own policy'}: its devices are not moved`,
  ),
];

const webhookFindings = (
  { apiVersion = '' }: Enrolled,
  url: URL,
  code: string | undefined,
  { key, opened }: Known,
): readonly Finding[] => {
  const isHere = url.hostname === '127.0.0.1' || url.hostname === 'localhost';
  const answer = opened.get(url.href);
  return [
    ...(isHidden(url.href) ? [note('the DPS does not show its key')] : []),
    ...(code === undefined && !isHidden(url.href)
      ? [wrong('has no key in its webhook’s address')]
      : []),
    ...(code !== undefined && key !== undefined && code !== key
      ? [wrong(`has another key: ${fingerprint(code)}, not ${fingerprint(key)}`)]
      : []),
    ...(url.protocol !== 'https:' && !isHere ? [wrong('asks without TLS')] : []),
    ...(answer === 'refuses' ? [wrong('its key is refused: registrations fail (400209)')] : []),
    ...(answer === 'no answer' ? [wrong('its webhook gives no answer')] : []),
    ...(answer === 'is something else' ? [wrong('its webhook is something else')] : []),
    ...(apiVersion < payloadSince
      ? [
          wrong(
            `its records are of ${apiVersion || 'no version'}: what devices send is not in them`,
          ),
        ]
      : []),
  ];
};

const fleetFindings = (
  { hubs: listed, reprovision, isEnabled, isEdge }: Enrolled,
  hubs: ReadonlySet<string> | undefined,
): readonly Finding[] => {
  const named = new Set(listed.map((hub) => hub.toLowerCase()));
  const stale = hubs ? listed.filter((hub) => !hubs.has(hub.toLowerCase())) : [];
  const unlisted = hubs && listed.length > 0 ? [...hubs].filter((hub) => !named.has(hub)) : [];
  return [
    ...(stale.length > 0
      ? [wrong(`lists hubs that Rehome does not have: ${stale.join(', ')}`)]
      : []),
    ...(unlisted.length > 0
      ? [note(`does not list ${unlisted.join(', ')}: its devices cannot go there`)]
      : []),
    ...(reprovision === 'never' ? [wrong('never reprovisions: its devices cannot be moved')] : []),
    ...(reprovision === 'reset' ? [note('a move wipes the twins of its devices')] : []),
    ...(isEdge ? [note('is of IoT Edge: its devices are not moved')] : []),
    ...(isEnabled ? [] : [note('is disabled')]),
  ];
};
