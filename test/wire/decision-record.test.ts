import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocate, allocateUnknown } from '../../shared/allocation/allocate.ts';
import { moveId } from '../../shared/domain/move.ts';
import { decisionLog, parseDecisionLog, replay } from '../../shared/wire/decision-record.ts';
import { aHub, aRoster, aTable, hostOf } from '../support/a-hub.ts';
import { aPolicy } from '../support/a-policy.ts';
import { aQuestion } from '../support/a-question.ts';
import { aRequest } from '../support/a-request.ts';
import { policy, richQuestion, richTable, slackPercent } from '../support/arbitrary-allocation.ts';

test('[A6] a decision of the log is the same again, from the version of the policy and the snapshot that it names', () => {
  fc.assert(
    fc.property(
      richQuestion,
      richTable,
      policy,
      slackPercent,
      fc.boolean(),
      (question, table, given, slack, isStoreDown) => {
        const roster = aRoster(table, { policy: given, slackPercent: slack });
        const answer = (isStoreDown ? allocateUnknown : allocate)(question, roster);
        const storeFault = isStoreDown ? 'gone' : undefined;
        const decision = {
          ...answer,
          question,
          roster,
          move: undefined,
          tookMs: 3,
          snapshotAgeMs: 1,
          storeFault,
          policyFault: undefined,
        };
        const lines = decisionLog()(aRequest({ linked: ['east'] }), decision);
        const [told, line] = lines.map((text) => parseDecisionLog(JSON.parse(text)));
        if (!told || !('table' in told) || !('slackPercent' in told)) throw new Error('no table');
        if (!line || !('asked' in line)) throw new Error('no decision');
        expect(line.table).toBe(told.id);
        expect(replay(line, told, given)).toEqual(answer);
      },
    ),
    { numRuns: 2_000 },
  );
});

const decided = (roster = aRoster(aTable(aHub('east'), aHub('west')))) => {
  const question = aQuestion({ linked: ['east', 'west'] });
  return {
    ...allocate(question, roster),
    question,
    roster,
    move: undefined,
    tookMs: 3,
    snapshotAgeMs: 1,
    storeFault: undefined,
    policyFault: undefined,
  };
};

test('a snapshot is told once, and again when it tells something else', () => {
  const linesOf = decisionLog();
  const asked = aRequest({ linked: ['east', 'west'] });
  const events = (roster = aRoster(aTable(aHub('east'), aHub('west')))) =>
    linesOf(asked, decided(roster)).map((line) => JSON.parse(line).event);
  expect(events()).toEqual(['hub-table', 'allocated']);
  expect(events()).toEqual(['allocated']);
  expect(events(aRoster(aTable(aHub('east', { weight: 2 }), aHub('west'))))).toEqual([
    'hub-table',
    'allocated',
  ]);
});

test('[A10] what speaks against a hub is told, by decider; what speaks for it is not', () => {
  const table = aTable(
    aHub('east', { region: 'eastus', state: 'cordoned' }),
    aHub('west', { region: 'westeurope' }),
  );
  const rules = [{ name: 'eu', regions: ['westeurope'] }];
  const roster = aRoster(table, { policy: aPolicy({ rules }) });
  const [, line = ''] = decisionLog()(aRequest({ linked: ['east', 'west'] }), decided(roster));
  expect(JSON.parse(line)).toMatchObject({ rules: ['eu'], policy: 1 });
  expect(JSON.parse(line).against).toEqual({
    'east.azure-devices.net': {
      open: 'no: it is cordoned',
      residency: 'no: rule eu wants a hub in westeurope',
    },
  });
});

test('the line of a newcomer that 50 hubs are considered for is short enough for who keeps it', () => {
  const names = Array.from({ length: 50 }, (_, index) => `a-hub-with-quite-a-long-name-${index}`);
  const rules = [
    {
      name: 'a-rule-with-quite-a-long-name',
      hubs: names.slice(0, 25).map(hostOf),
      regions: ['westeurope', 'northeurope'],
      tiers: ['S2', 'S3'],
    },
  ];
  const table = aTable(...names.map((name) => aHub(name, { state: 'cordoned' })));
  const roster = aRoster(table, { policy: aPolicy({ rules }) });
  const question = aQuestion({ linked: names });
  const decision = { ...decided(roster), ...allocate(question, roster), question };
  const [, line = ''] = decisionLog()(aRequest({ linked: names }), decision);
  expect(Object.keys(JSON.parse(line).against)).toHaveLength(50);
  expect(line.length).toBeLessThan(32_768); // Application Insights cuts there
});

test('the device’s open move, and its campaign, join it to what becomes of them', () => {
  const move = { id: moveId('0123456789abcdef0123'), campaignId: 'c-1' };
  const asked = aRequest({ linked: ['east', 'west'] });
  const [, line = ''] = decisionLog()(asked, { ...decided(), move });
  expect(JSON.parse(line)).toMatchObject({ moveId: move.id, campaignId: 'c-1' });
});

test('another line of the log is none of these', () => {
  expect(parseDecisionLog({ event: 'move-settled' })).toBeUndefined();
  expect(parseDecisionLog('text')).toBeUndefined();
});
