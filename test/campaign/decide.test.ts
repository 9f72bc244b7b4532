import { describe, expect, test } from 'vitest';
import type { Evidence, Word } from '../../shared/campaign/evidence.ts';
import { moveLimits } from '../../shared/campaign/limits.ts';
import type { MoveCommand, Reply } from '../../shared/campaign/move-commands.ts';
import type { MoveLife } from '../../shared/campaign/move-events.ts';
import { stageOf } from '../../shared/campaign/stage.ts';
import type { HubHostName } from '../../shared/domain/hub.ts';
import { type Instant, instant } from '../../shared/domain/instant.ts';
import { moveId, requestId } from '../../shared/domain/move.ts';
import {
  aPlan,
  at,
  decided,
  east,
  host,
  lived,
  minutes,
  moveIn,
  seen,
  triggered,
  west,
} from '../support/a-move.ts';

const said = (hub: HubHostName, minute: number, word: Partial<Word> = {}): Evidence => ({
  kind: 'said',
  hub,
  at: at(minute),
  word: {
    request: `${aPlan().id}:1`,
    state: 'done',
    until: undefined,
    why: undefined,
    ...word,
  },
});
const see = (...evidence: readonly Evidence[]): MoveCommand => ({
  type: 'SeeDevice',
  evidence,
  now: at(2),
});
const wake = (minute: number, ...evidence: readonly Evidence[]): MoveCommand => ({
  type: 'WakeMove',
  targetTakes: true,
  evidence,
  now: at(minute),
  draw: 0,
});
const reply = (given: Reply, minute = 0.1, request = `${aPlan().id}:1`): MoveCommand => ({
  type: 'HearReply',
  request,
  reply: given,
  now: at(minute),
  draw: 0,
});

const [created, deleted, connected] = [
  seen('created', west, 1),
  seen('absent', east, 1.1),
  seen('active', west, 1.2),
];
const settledAs = (life: MoveLife) =>
  life.kind === 'settled'
    ? `${life.settled.verdict}: ${life.settled.because}`
    : `open: ${stageOf(moveIn(life))}`;
const last = moveLimits.silenceMs / 60_000 + 60;
const deadline = last + moveLimits.graceMs / 60_000;

describe('the happy way', () => {
  test('[M3] is verified only when reassigned on both sides and heard from on the target', () => {
    const all = [created, deleted, connected];
    for (const missing of all) {
      const life = lived(triggered(), see(...all.filter((one) => one !== missing)));
      expect(life.kind).toBe('open');
      const looked = [seen('absent', east, 2), seen('found', west, 2)];
      const heard = missing === connected ? [connected] : [];
      expect(settledAs(lived(life, see(...looked, ...heard)))).toContain('verified');
    }
    expect(settledAs(lived(triggered(), see(...all)))).toContain('verified');
  });

  test('[M3] that the source was empty before the target had the device is no proof', () => {
    const between = lived(triggered(), see(seen('absent', east, 1), seen('active', west, 2)));
    expect(settledAs(between)).toBe('open: reassigned');
    expect(settledAs(lived(between, see(seen('found', east, 3))))).toBe('open: reassigned');
    expect(settledAs(lived(between, see(seen('absent', east, 3))))).toContain('verified');
  });

  test('[M3] what is not newer than the trigger proves nothing', () => {
    const before = [seen('active', west, 0), seen('absent', east, -1), said(west, 0)];
    expect(lived(triggered(), see(...before))).toEqual(triggered());
  });

  test('[M3] what a migration copied is not heard: on the target only a word about this move counts', () => {
    const before = said(west, 1, { request: `m-${'1'.repeat(20)}:1` });
    const life = lived(triggered(), see(created, deleted, before));
    expect(settledAs(life)).toBe('open: reassigned');
    expect(settledAs(lived(life, see(said(west, 2))))).toContain('verified');
  });

  test('[M3] what was found on a third hub proves nothing; a device that is at work there is not on this move', () => {
    const north = host('north');
    const found = [seen('created', north, 1), seen('absent', north, 2), seen('active', north, -1)];
    expect(lived(triggered(), see(...found))).toEqual(triggered());
    expect(settledAs(lived(triggered(), see(seen('active', north, 1))))).toBe(
      `superseded: the device turned up on ${north}`,
    );
  });

  test('[M3] a device is landed while its source cannot be asked, and verified when it can', () => {
    const landed = lived(triggered(), see(connected), wake(3, seen('silent', east, 3)));
    expect(settledAs(landed)).toBe('open: landed');
    expect(settledAs(lived(landed, wake(9, seen('created', east, 9))))).toBe('open: reassigned');
    expect(settledAs(lived(landed, wake(9, seen('absent', east, 9))))).toContain('verified');
  });

  test('[M3] a source that got the device back is not proved gone by the deletion before', () => {
    const back = seen('created', east, 5);
    for (const order of [
      [deleted, back],
      [back, deleted],
    ]) {
      expect(settledAs(lived(triggered(), see(...order), see(connected)))).toBe('open: reassigned');
    }
  });

  test.each([
    ['accepted', { kind: 'accepted' }, 'acknowledged'],
    ['deferred', { kind: 'deferred', until: at(30) }, 'deferred'],
    ['offline', { kind: 'offline' }, 'parked'],
    ['unknown', { kind: 'unknown' }, 'triggered'],
    ['throttled', { kind: 'throttled', retryAfterMs: 1000, because: 'busy' }, 'triggered'],
  ] as const)('a reply of %s leaves the move open', (_name, given, stage) => {
    expect(settledAs(lived(triggered(), reply(given)))).toBe(`open: ${stage}`);
  });

  test.each([
    [{ kind: 'refused', why: 'in surgery' }, 'refused: in surgery'],
    [{ kind: 'noHandler' }, 'failed: its firmware has no handler for the request'],
  ] as const)('a reply of %o settles it', (given, verdict) => {
    expect(settledAs(lived(triggered(), reply(given)))).toBe(verdict);
  });
});

test('[M1] a device with an open move gets no other', () => {
  const plan = aPlan({ id: moveId('1'.repeat(20)) });
  expect(decided(triggered(), { type: 'TriggerMove', plan, now: at(1) })).toEqual([]);
});

test('[M4] nothing changes a verdict', () => {
  const commands = [
    see(created, deleted, connected, said(west, 3)),
    wake(deadline + 1),
    reply({ kind: 'refused', why: 'no' }),
    { type: 'EndMove', verdict: 'cancelled', because: 'late', now: at(3) } as const,
  ];
  const cancelled = lived(triggered(), {
    type: 'EndMove',
    verdict: 'cancelled',
    because: 'called off',
    now: at(1),
  });
  for (const command of commands) expect(decided(cancelled, command)).toEqual([]);
});

describe('[M5] requests', () => {
  const requestAfter = (...commands: readonly MoveCommand[]): string =>
    requestId(moveIn(lived(triggered(), ...commands)));
  const first = requestAfter();

  test.each<[string, readonly MoveCommand[]]>([
    ['no reply was heard', [wake(5)]],
    ['the outcome is unknown', [reply({ kind: 'unknown' }), wake(5)]],
    [
      'the hub took no more',
      [reply({ kind: 'throttled', retryAfterMs: 1, because: 'busy' }), wake(5)],
    ],
    ['it accepted, and nothing was seen since', [reply({ kind: 'accepted' }), wake(5)]],
    ['it was offline', [reply({ kind: 'offline' }), wake(70)]],
  ])('the same id is sent again while %s', (_why, commands) => {
    expect(requestAfter(...commands)).toBe(first);
    expect(
      decided(lived(triggered(), ...commands.slice(0, -1)), commands.at(-1) ?? wake(5)),
    ).toEqual([expect.objectContaining({ type: 'RequestSent', attempt: 1 })]);
  });

  test.each<[string, readonly MoveCommand[]]>([
    ['it deferred, and the time has come', [reply({ kind: 'deferred', until: at(4) }), wake(6)]],
    ['it reports that it failed', [see(said(east, 1, { state: 'failed' })), wake(5)]],
    ['it came back to its source', [see(said(east, 1, { state: 'done' })), wake(5)]],
    ['the hub could not signal', [reply({ kind: 'unsignallable', because: 'no' }), wake(5)]],
  ])('the next has a new id when %s', (_why, commands) => {
    expect(requestAfter(...commands)).toBe(`${aPlan().id}:2`);
  });

  test('a reply to another attempt is none', () => {
    const command = reply({ kind: 'refused', why: 'no' }, 1, `${aPlan().id}:2`);
    expect(decided(triggered(), command)).toEqual([]);
    expect(decided(triggered(), see(said(east, 1, { request: 'x:1', state: 'refused' })))).toEqual([
      expect.objectContaining({ type: 'DeviceSighted' }),
    ]);
  });

  test('nobody is asked once the device is on its way, or its window has closed, or not begun', () => {
    const types = (life: MoveLife, command: MoveCommand) =>
      decided(life, command).map(({ type }) => type);
    expect(types(triggered(), wake(5, seen('found', west, 5)))).not.toContain('RequestSent');
    expect(types(triggered(), wake(5, seen('absent', east, 5)))).not.toContain('RequestSent');
    expect(types(triggered(), wake(61))).toEqual(['LookPlanned']);
    expect(types(triggered({ notBefore: at(10) }), wake(5))).toEqual(['LookPlanned']);
  });

  test('after so many known ends it is given up', () => {
    let life = triggered();
    for (let attempt = 1; life.kind === 'open'; attempt += 1) {
      expect(attempt).toBeLessThanOrEqual(moveLimits.attemptsMax);
      const failed = reply(
        { kind: 'unsignallable', because: 'gone' },
        attempt,
        `${aPlan().id}:${attempt}`,
      );
      life = lived(life, failed, wake(attempt * 2));
    }
    expect(settledAs(life)).toBe(`failed: gone; attempts: ${moveLimits.attemptsMax}`);
  });

  test('a parked device that comes back is looked at soon', () => {
    const parked = lived(triggered(), reply({ kind: 'offline' }));
    const back = lived(parked, { ...see(seen('active', east, 10)), now: at(10) } as MoveCommand);
    expect(moveIn(back).nextAt).toBe(at(10) + moveLimits.lookMs);
    expect(moveIn(parked).nextAt).toBeGreaterThan(moveIn(back).nextAt);
  });
});

test('[M5] a reply that comes after a known end does not reopen it', () => {
  const over = lived(triggered(), see(said(east, 1, { state: 'failed' })));
  const late: readonly Reply[] = [{ kind: 'accepted' }, { kind: 'offline' }, { kind: 'unknown' }];
  for (const given of late) expect(decided(over, reply(given, 2))).toEqual([]);
  const deferred = lived(triggered(), reply({ kind: 'deferred', until: at(30) }));
  expect(decided(deferred, reply({ kind: 'accepted' }, 2))).toEqual([]);
});

test('nobody is asked to go to a hub that takes no devices', () => {
  const closed = { ...wake(5), targetTakes: false } as MoveCommand;
  expect(decided(triggered(), closed)).toMatchObject([{ type: 'LookPlanned' }]);
});

test('a device that remembers no ids is not asked again once it accepted', () => {
  const limits = { ...moveLimits, remembersIds: false };
  const accepted = lived(triggered(), reply({ kind: 'accepted' }));
  expect(decided(accepted, wake(5), limits)).toMatchObject([{ type: 'LookPlanned' }]);
  expect(decided(triggered(), wake(5), limits)).toMatchObject([{ type: 'RequestSent' }]);
});

test('[M6] the first look is before the deadline, however late a look may be', () => {
  const limits = { ...moveLimits, lookMs: minutes(600) };
  const [event] = decided(
    { kind: 'none' },
    { type: 'TriggerMove', plan: aPlan(), now: at(0) },
    limits,
  );
  if (event?.type !== 'MoveTriggered') throw new Error('not triggered');
  expect(event.nextAt).toBeLessThan(event.deadline);
});

describe('[M6] at the deadline, whatever was seen, the move is settled by name', () => {
  const silentAll = [seen('silent', east, deadline), seen('silent', west, deadline)];
  test.each<[string, readonly MoveCommand[], string]>([
    ['nothing', [], 'timedOut: the device never answered'],
    [
      'an acceptance',
      [reply({ kind: 'accepted' })],
      'timedOut: the device accepted, and never went',
    ],
    [
      'no way in',
      [reply({ kind: 'throttled', retryAfterMs: 1, because: 'busy' })],
      'timedOut: the hub took no request in all that time',
    ],
    [
      'a deferral',
      [reply({ kind: 'deferred', until: at(900) })],
      'timedOut: the device deferred past the deadline',
    ],
    ['a known end', [reply({ kind: 'unsignallable', because: 'gone' })], 'failed: gone'],
    ['the target alone', [see(created)], `stranded: moved to ${west}, and never heard from there`],
    [
      'both sides',
      [see(created, deleted)],
      `stranded: moved to ${west}, and never heard from there`,
    ],
    [
      'the source gone',
      [see(deleted)],
      `failed: gone from ${east}, and not to be found on ${west}`,
    ],
    [
      'the device, there',
      [see(connected)],
      `timedOut: heard from on ${west}, but ${east} could not be asked whether it is gone`,
    ],
    [
      'a ghost',
      [see(connected, seen('created', east, 2))],
      `failed: heard from on ${west}, but ${east} still holds its identity`,
    ],
  ])('with %s', (_what, commands, verdict) => {
    const life = lived(triggered(), ...commands);
    expect(settledAs(lived(life, wake(deadline, ...silentAll)))).toBe(verdict);
  });

  test('a hub that gave no answer is asked again while there is time', () => {
    const life = lived(triggered(), wake(last, ...silentAll.slice(0, 1)));
    expect(life.kind).toBe('open');
    expect(moveIn(life).nextAt).toBeLessThanOrEqual(moveIn(life).deadline);
  });

  test('[M3] the last look may still verify it', () => {
    const life = lived(triggered(), wake(deadline, created, deleted, connected));
    expect(settledAs(life)).toContain('verified');
  });

  test('a device that DPS moved and that is silent there is stranded long before', () => {
    const moved = lived(triggered(), see(created, deleted));
    const silence = moveLimits.silenceMs / 60_000;
    expect(lived(moved, wake(silence - 1, seen('created', west, silence - 1))).kind).toBe('open');
    const stranded = lived(
      moved,
      wake(5, seen('found', west, 5)),
      wake(silence + 1, seen('created', west, silence + 1)),
    );
    expect(settledAs(stranded)).toContain('stranded');
  });

  test('a parked move waits for its own deadline', () => {
    const life = lived(triggered(), reply({ kind: 'offline' }), wake(deadline));
    expect(life.kind).toBe('open');
    const end = 24 * 60 + moveLimits.silenceMs / 60_000;
    expect(settledAs(lived(life, wake(end)))).toBe(
      'timedOut: the device did not come online, or passed over the request',
    );
  });

  test('every look leads to a later one, or to the end', () => {
    let life = triggered({ jitterSeconds: 30 });
    let now: Instant = at(0);
    for (let looks = 0; life.kind === 'open'; looks += 1) {
      expect(looks).toBeLessThan(100);
      const { nextAt, deadline: due } = moveIn(life);
      expect(nextAt).toBeGreaterThan(now);
      expect(nextAt).toBeLessThanOrEqual(due);
      now = instant(nextAt);
      life = lived(life, { type: 'WakeMove', targetTakes: true, evidence: [], now, draw: 0.99 });
    }
    expect(now).toBeLessThanOrEqual(at(0) + minutes(deadline));
  });
});
