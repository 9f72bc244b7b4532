import { expect, test } from 'vitest';
import { entryAfter, isWorthWriting } from '../../shared/campaign/ledger.ts';
import { moveLimits } from '../../shared/campaign/limits.ts';
import type { MoveEvent } from '../../shared/campaign/move-events.ts';
import type { Verdict } from '../../shared/domain/move.ts';
import { aDevice, aMove, at, east, host, west } from '../support/a-move.ts';

const settledAs = (verdict: Verdict): readonly MoveEvent[] => [
  { type: 'MoveSettled', verdict, because: 'so', at: at(5) },
];
const presence = (held: boolean) => ({ held, at: at(1), since: at(1) });

test('a move that was proved without its twin leaves nothing to do', () => {
  const { record, settled } = entryAfter(
    aDevice({ move: aMove() }),
    settledAs('verified'),
    moveLimits,
  );
  expect(record).toMatchObject({ move: undefined, leftover: undefined, home: west });
  expect(settled).toMatchObject({ verdict: 'verified', settledAt: at(5) });
});

test.each(['failed', 'timedOut', 'refused', 'cancelled'] as const)(
  'after one that %s it is looked once more where the device came to be, and its home stays',
  (verdict) => {
    const { record } = entryAfter(aDevice({ move: aMove() }), settledAs(verdict), moveLimits);
    expect(record).toMatchObject({ home: east, leftover: { hubs: [east, west] } });
  },
);

test('a request that is not cleared yet is looked for wherever the device goes next', () => {
  const first = entryAfter(
    aDevice({ move: aMove({ inTwin: true }) }),
    settledAs('verified'),
    moveLimits,
  ).record;
  const next = aMove({ from: west, to: host('north') });
  const { record } = entryAfter({ ...first, move: next }, settledAs('verified'), moveLimits);
  expect(record.leftover?.hubs).toEqual([east, west, host('north')]);
});

test('what a look would show again is not written, unless the source cannot be asked', () => {
  const proof = { source: presence(false), target: undefined, heard: undefined, gapMs: undefined };
  const sighted: readonly MoveEvent[] = [{ type: 'DeviceSighted', proof }];
  const accepted: readonly MoveEvent[] = [
    { type: 'RequestAnswered', ask: { kind: 'accepted' }, nextAt: at(2) },
  ];
  expect(isWorthWriting(aMove(), sighted, true, moveLimits)).toBe(false);
  expect(isWorthWriting(aMove(), sighted, false, moveLimits)).toBe(true);
  expect(isWorthWriting(aMove(), accepted, true, moveLimits)).toBe(false);
  expect(isWorthWriting(aMove({ sends: 2 }), accepted, true, moveLimits)).toBe(true);
  expect(isWorthWriting(aMove(), settledAs('verified'), true, moveLimits)).toBe(true);
});
