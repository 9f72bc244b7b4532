import { readFile } from 'node:fs/promises';
import { judgePattern } from '../shared/adapters/redos/judge-pattern.ts';
import type { Policy } from '../shared/domain/policy.ts';
import { slowAmong } from '../shared/flows/manage-policy.ts';
import { parsePolicy, parsePolicyText, patternsIn, toPolicy } from '../shared/wire/parse-policy.ts';
import type { PolicyDocument } from '../shared/wire/policy-document.ts';
import { type Api, named } from './api.ts';

type Say = (line: string) => void;

/** What the API tells of a version. */
type Version = {
  readonly version: number;
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  readonly policy: PolicyDocument;
  readonly warnings: readonly string[];
};

/** A file, checked as the app would check it, without the app. @throws Error naming each rule and field that is wrong. */
export const check = async (file: string, say: Say): Promise<void> => {
  const document = await readPolicyFile(file);
  const slow = await slowAmong(patternsIn(document), judgePattern);
  if (slow.length > 0) throw new Error(`${file}: ${named(slow).join('; ')}`);
  say(`${file}: a sound policy, of ${document.rules.length} rules`);
};

export const put = async (api: Api, file: string, reason: string, say: Say): Promise<void> => {
  const { rules } = await readPolicyFile(file);
  const standing = await newest(api);
  const basedOn = { 'if-match': `"${standing?.version ?? 0}"` };
  const path = `policy?reason=${encodeURIComponent(reason)}`;
  const text = await readFile(file, 'utf8');
  const { version, warnings } = (await api.call('PUT', path, text, basedOn)) as Version;
  say(`version ${version} is in force within seconds, with ${rules.length} rules`);
  for (const warning of warnings) say(`  note: ${warning}`);
};

export const showPolicy = async (api: Api, version: string | undefined, say: Say) => {
  const told = (await api.call('GET', version ? `policy/${version}` : 'policy')) as Version;
  say(`version ${told.version}, ${told.at}, by ${told.by}: ${told.reason}`);
  say(JSON.stringify(told.policy, null, 2));
};

const newest = async (api: Api): Promise<Version | undefined> => {
  try {
    return (await api.call('GET', 'policy')) as Version;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('There is no such version')) return;
    throw error;
  }
};

const readPolicyFile = async (file: string): Promise<PolicyDocument> => {
  const parsed = parsePolicyText(await readFile(file, 'utf8'));
  if (parsed.kind === 'refused') throw new Error(`${file}: ${named(parsed.errors).join('; ')}`);
  return parsed.document;
};

/** `7`, a version that was put; `current`; or a file. */
export const readPolicy = async (which: string, api: () => Promise<Api>): Promise<Policy> => {
  if (which !== 'current' && !/^\d+$/.test(which)) return toPolicy(await readPolicyFile(which), 0);
  const asked = await api();
  const newestOrSeed = async () => (await newest(asked)) ?? asked.call('GET', 'policy/0');
  const told = which === 'current' ? newestOrSeed() : asked.call('GET', `policy/${which}`);
  const { policy, version } = (await told) as Version;
  const parsed = parsePolicy(policy);
  if (parsed.kind === 'refused') throw new Error(named(parsed.errors).join('; '));
  return toPolicy(parsed.document, version);
};
