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
  const document = await readPolicyFile(file);
  const inForce = (await api.call('GET', 'policy')) as Version;
  const basedOn = { 'if-match': `"${inForce.version}"` };
  const path = `policy?reason=${encodeURIComponent(reason)}`;
  const { version, warnings } = (await api.call('PUT', path, document, basedOn)) as Version;
  say(`version ${version} is in force within seconds, with ${document.rules.length} rules`);
  for (const warning of warnings) say(`  note: ${warning}`);
};

export const showPolicy = async (api: Api, version: string | undefined, say: Say) => {
  const told = (await api.call('GET', version ? `policy/${version}` : 'policy')) as Version;
  say(`version ${told.version}, ${told.at}, by ${told.by}: ${told.reason}`);
  say(JSON.stringify(told.policy, null, 2));
};

const readPolicyFile = async (file: string): Promise<PolicyDocument> => {
  const parsed = parsePolicyText(await readFile(file, 'utf8'));
  if (parsed.kind === 'refused') throw new Error(`${file}: ${named(parsed.errors).join('; ')}`);
  return parsed.document;
};

/** `7`, a version that was put; `current`; or a file. */
export const readPolicy = async (which: string, api: () => Promise<Api>): Promise<Policy> => {
  if (which !== 'current' && !/^\d+$/.test(which)) return toPolicy(await readPolicyFile(which), 0);
  const path = which === 'current' ? 'policy' : `policy/${which}`;
  const { policy, version } = (await (await api()).call('GET', path)) as Version;
  const parsed = parsePolicy(policy);
  if (parsed.kind === 'refused') throw new Error(named(parsed.errors).join('; '));
  return toPolicy(parsed.document, version);
};
