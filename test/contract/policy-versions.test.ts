import { describe, expect, test } from 'vitest';
import { cosmosPolicies, cosmosPolicyVersions } from '../../shared/adapters/cosmos/policies.ts';
import { memoryHubTables } from '../../shared/adapters/memory/hub-tables.ts';
import { memoryPolicies, memoryPolicyVersions } from '../../shared/adapters/memory/policies.ts';
import { judgePattern } from '../../shared/adapters/redos/judge-pattern.ts';
import { systemDeadline } from '../../shared/adapters/system/deadline.ts';
import { instant } from '../../shared/domain/instant.ts';
import { noPolicy, type Policy } from '../../shared/domain/policy.ts';
import { type ManagePolicy, managePolicy } from '../../shared/flows/manage-policy.ts';
import type { Policies, PolicyVersions } from '../../shared/ports/policies.ts';
import { parsePolicyDraft } from '../../shared/wire/policy-view.ts';
import { aHub, hostOf } from '../support/a-hub.ts';
import { aStore } from '../support/a-store.ts';

type Made = { readonly versions: PolicyVersions; readonly policies: Policies };
const time = { now: 0 };
const clock = { now: () => instant(time.now) };
const seed: Policy = { ...noPolicy, strategy: 'leastLoaded' };

const memory = async (): Promise<Made> => {
  const versions = memoryPolicyVersions();
  return { versions, policies: memoryPolicies(versions, () => seed) };
};

const cosmos = async () => {
  const complaints: string[] = [];
  const { database, ...store } = await aStore();
  const versions = cosmosPolicyVersions(database, (line) => complaints.push(line));

  const limits = { ageMsMax: 10_000, staleMsMax: 30_000, timeoutMs: 500 };
  const policies = cosmosPolicies(
    versions,
    () => seed,
    clock,
    systemDeadline,
    limits,
    () => undefined,
  );
  return { ...store, database, versions, policies, complaints };
};

const draftOf = (policy: object, ifMatch?: string) => {
  const parsed = parsePolicyDraft(JSON.stringify(policy), 'a test', ifMatch, 'Otto');
  if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed));
  return parsed.draft;
};

const manage = ({ versions }: Made): ManagePolicy =>
  managePolicy({
    versions,
    hubTables: memoryHubTables([aHub('east')], clock),
    judgePattern,
    seed: { document: { strategy: 'leastLoaded' }, policy: () => seed },
    clock,
    deadline: systemDeadline,
    markCause: async () => undefined,
  });

const rules = (name: string) => ({ rules: [{ name, hubs: [hostOf('east'), hostOf('nowhere')] }] });

describe.each<[string, () => Promise<Made>]>([
  ['memory', memory],
  ['cosmos', cosmos],
])('policies in %s', (_name, make) => {
  test('before the first is put, that of the settings stands', async () => {
    const made = await make();
    expect(await made.policies.known()).toEqual(seed);
    expect(await manage(made).newest()).toMatchObject({ policy: seed, by: 'settings' });
    expect(await manage(made).read(1)).toBeUndefined();
    expect(await manage(made).read(0)).toMatchObject({ policy: seed, by: 'settings' });
  });

  test('each put is the next version, and every version stays', async () => {
    const made = await make();
    const { put, read, newest } = manage(made);
    for (const name of ['one', 'two', 'three'])
      expect(await put(draftOf(rules(name)))).toBeTruthy();
    expect((await newest()).policy).toMatchObject({ version: 3, rules: [{ name: 'three' }] });
    expect(await read(1)).toMatchObject({
      policy: { version: 1, rules: [{ name: 'one' }] },
      by: 'Otto',
      reason: 'a test',
    });
    expect((await made.policies.known()).version).toBe(3);
  });

  test('a hub that the hub table does not list is noted', async () => {
    expect(await manage(await make()).put(draftOf(rules('r')))).toMatchObject({
      kind: 'put',
      warnings: [`rule r: ${hostOf('nowhere')} is not in the hub table`],
    });
    const exile = { quarantine: hostOf('nowhere') };
    expect(await manage(await make()).put(draftOf(exile))).toMatchObject({
      warnings: [`quarantine: ${hostOf('nowhere')} is not in the hub table`],
    });
  });

  test('one made from another version than the newest is refused, and changes nothing', async () => {
    const made = await make();
    const { put, newest } = manage(made);
    await put(draftOf(rules('one'), '"0"'));
    expect(await put(draftOf(rules('two'), '"0"'))).toEqual({ kind: 'superseded', version: 1 });
    expect((await newest()).policy.rules).toMatchObject([{ name: 'one' }]);
    expect(await put(draftOf(rules('two'), '"1"'))).toMatchObject({ kind: 'put' });
  });

  test('of two that are put at once one is refused: no version is written twice', async () => {
    const { put } = manage(await make());
    const outcomes = await Promise.all([put(draftOf(rules('a'))), put(draftOf(rules('b')))]);
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['put', 'superseded']);
  });

  test('one with a slow pattern is refused by its field, and the old one stays', async () => {
    const made = await make();
    const { put, newest } = manage(made);
    const slow = { rules: [{ name: 'r', when: { registrationId: { pattern: '(a+)+$' } } }] };
    expect(await put(draftOf(slow))).toMatchObject({
      kind: 'slow',
      errors: [{ field: 'rules[0].when.registrationId' }],
    });
    expect((await newest()).policy.version).toBe(0);
  });
});

test('[A7] with the store gone, and with a version that is none of ours, the last good policy stands', async () => {
  const { versions, policies, database, complaints, fault, heal } = await cosmos();
  await manage({ versions, policies }).put(draftOf(rules('good')));
  expect((await policies.known()).version).toBe(1);
  fault({ kind: 'answer', status: 503 }, () => true, Number.POSITIVE_INFINITY);
  time.now += 60_000;
  expect((await policies.known()).version).toBe(1);
  heal();
  const { items } = (await database()).container('policy');
  await items.create({ id: 'v2', kind: 'policy', version: 2, schemaVersion: 9 });
  time.now += 60_000;
  expect((await policies.known()).version).toBe(1);
  expect(complaints).toEqual([JSON.stringify({ event: 'policy-unreadable', version: 2 })]);
  // It is no obstacle to the next one.
  expect(await manage({ versions, policies }).put(draftOf(rules('better'), '"1"'))).toMatchObject({
    kept: { policy: { version: 3 } },
  });
});
