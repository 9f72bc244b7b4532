import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Campaign, CampaignState } from '../../shared/campaign/campaign.ts';
import { type CampaignCommand, commandCampaign } from '../../shared/campaign/command-campaign.ts';
import { afterGate, steer, stuckMs } from '../../shared/campaign/steer.ts';
import type { Gate } from '../../shared/campaign/wave.ts';
import { instant } from '../../shared/domain/instant.ts';
import { aCampaign, aTally, aWave, moving, seen } from '../support/a-campaign.ts';

const now = instant(60_000);
const baking = (wave: number, until: number): CampaignState => ({
  kind: 'running',
  wave,
  phase: { kind: 'baking', until: instant(until) },
});
const gate = (ruling: Gate['ruling']): Gate => ({
  ruling,
  at: now,
  measures: [{ what: 'broken', count: 3, of: 100, limit: 0.02, ruling }],
  tally: aTally(),
});

describe('what a runner does next', () => {
  const cases: readonly [string, Partial<Campaign>, Parameters<typeof seen>[0], object][] = [
    [
      'a wave that has not begun',
      { waves: [aWave({ begunAt: undefined })] },
      { tally: aTally({ '.': 9 }) },
      { kind: 'begin' },
    ],
    ['moves to release', {}, { tally: aTally({ '.': 9, t: 3 }) }, { kind: 'move' }],
    ['all released, some under way', {}, { tally: aTally({ t: 3, v: 6 }) }, { kind: 'wait' }],
    [
      'all have ended, or wait for their device',
      {},
      { tally: aTally({ v: 6, p: 3 }) },
      { kind: 'become', state: { phase: { kind: 'baking', until: 60_000 + 600_000 } } },
    ],
    ['it is watched', { state: baking(0, 60_001) }, { tally: aTally({ v: 9 }) }, { kind: 'wait' }],
    [
      'it has been watched',
      { state: baking(0, 60_000) },
      { tally: aTally({ v: 9 }) },
      { kind: 'judge' },
    ],
    [
      'nothing that is left can go, for long',
      {},
      {
        tally: aTally({ '.': 9, v: 3 }),
        stuck: { because: 'west is full', since: instant(60_000 - stuckMs) },
      },
      { kind: 'skip', because: 'west is full' },
    ],
    [
      'nothing that is left can go, for a short while',
      {},
      {
        tally: aTally({ '.': 9, v: 3 }),
        stuck: { because: 'west is full', since: instant(60_001 - stuckMs) },
      },
      { kind: 'move' },
    ],
    [
      'the breaker',
      {},
      { tally: aTally({ '.': 9 }), isBroken: true },
      { kind: 'become', state: { kind: 'held' } },
    ],
    [
      'the breaker, with some on their way, once it is held',
      { state: { ...moving(0), kind: 'held', because: 'x' } as CampaignState },
      { tally: aTally({ t: 9 }), isBroken: true },
      { kind: 'cancel' },
    ],
    [
      'too much broken before the wave is over',
      {},
      { tally: aTally({ '.': 9, x: 9 }), failed: '9 of 18' },
      { kind: 'become', state: { kind: 'aborting', rollsBack: false } },
    ],
    [
      'too much broken of those that a pause let arrive',
      { state: { ...moving(0), kind: 'paused', because: 'x' } as CampaignState },
      { tally: aTally({ '.': 9, x: 9 }), failed: '9 of 18' },
      { kind: 'become', state: { kind: 'aborting' } },
    ],
    [
      'a stop, while some are on their way',
      { state: { kind: 'stopping', because: 'x', wave: 0, rollsBack: false } },
      { tally: aTally({ t: 1, p: 1 }) },
      { kind: 'wait' },
    ],
    [
      'a stop, once only those that wait are left',
      { state: { kind: 'stopping', because: 'x', wave: 0, rollsBack: false } },
      { tally: aTally({ p: 1 }) },
      { kind: 'become', state: { kind: 'aborting' } },
    ],
    [
      'an abort, with stragglers of a wave before',
      { state: { kind: 'aborting', because: 'x', wave: 1, rollsBack: false } },
      { before: { c: 0, t: 0, p: 1 } },
      { kind: 'cancel' },
    ],
    [
      'an abort, and nothing is out any more',
      { state: { kind: 'aborting', because: 'x', wave: 1, rollsBack: false } },
      {},
      { kind: 'become', state: { kind: 'ended', outcome: 'aborted' } },
    ],
    [
      'all waves are done, and one device has not come yet',
      { state: { kind: 'running', wave: 1, phase: { kind: 'waiting', since: now } } },
      { before: { c: 0, t: 0, p: 1 } },
      { kind: 'wait' },
    ],
    [
      'all waves are done, and nobody is awaited',
      { state: { kind: 'running', wave: 1, phase: { kind: 'waiting', since: now } } },
      {},
      { kind: 'become', state: { kind: 'ended', outcome: 'completed' } },
    ],
    ['nothing to move', { waves: [] }, {}, { kind: 'become', state: { outcome: 'completed' } }],
  ];
  test.each(cases)('%s', (_name, campaign, view, step) => {
    expect(steer(aCampaign(campaign), seen(view))).toMatchObject(step);
  });
});

describe('whoever is still out counts, of whichever wave', () => {
  const out = (['c', 't', 'p'] as const).flatMap((code) => [
    [`${code} of this wave`, code, { tally: aTally({ [code]: 1 }) }] as const,
    [`${code} of a wave before`, code, { before: { c: 0, t: 0, p: 0, [code]: 1 } }] as const,
  ]);

  test.each(out)('[C3] %s', (_name, code, view) => {
    const next = (state: CampaignState, more = {}) =>
      steer(aCampaign({ state }), seen({ ...view, ...more }));
    const said = { because: 'x', wave: 1, rollsBack: false };
    const waits = code === 'p';
    expect(next({ kind: 'stopping', ...said })).toMatchObject(
      waits ? { kind: 'become', state: { kind: 'aborting' } } : { kind: 'wait' },
    );
    expect(next({ kind: 'aborting', ...said })).toMatchObject({ kind: 'cancel' });
    const last = { kind: 'running', wave: 1, phase: { kind: 'waiting', since: now } } as const;
    expect(next(last)).toEqual({ kind: 'wait' });
    for (const kind of ['paused', 'held'] as const) {
      const state = { ...moving(1), kind, because: 'x' } as CampaignState;
      expect(next(state, { isBroken: true }).kind).toBe(waits ? 'wait' : 'cancel');
      expect(next(state)).toEqual({ kind: 'wait' });
    }
  });

  test('[C3] nobody is, and what was stopped has stopped', () => {
    const said = { because: 'x', wave: 1, rollsBack: false };
    const stopped = { kind: 'become', state: { kind: 'ended', outcome: 'stopped' } };
    expect(steer(aCampaign({ state: { kind: 'stopping', ...said } }), seen())).toMatchObject(
      stopped,
    );
    // Those that waited were called off on the way: it is a stop all the same.
    const log = ['approved', 'stop', 'held'].map((what) => ({
      at: now,
      by: 'Otto',
      what,
      because: 'x',
    }));
    const called = aCampaign({ state: { kind: 'aborting', ...said }, log });
    expect(steer(called, seen())).toMatchObject(stopped);
  });

  test('what failed under a pause is told once, and a hold keeps its own reason', () => {
    const failed = { failed: '9 of 18', tally: aTally({ x: 9 }) };
    const held = { ...moving(0), kind: 'held', because: 'x' } as CampaignState;
    expect(steer(aCampaign({ state: held }), seen(failed))).toEqual({ kind: 'wait' });
    const waiting = { kind: 'waiting', since: now } as const;
    const paused = { kind: 'paused', wave: 1, phase: waiting, because: 'x' } as const;
    expect(steer(aCampaign({ state: paused }), seen(failed))).toEqual({ kind: 'wait' });
    expect(
      steer(aCampaign({ state: { kind: 'running', wave: 1, phase: waiting } }), seen(failed)),
    ).toMatchObject({ kind: 'become', state: { kind: 'ended' } });
  });

  test('with some on their way, what is left is not given up', () => {
    const stuck = { because: 'west is full', since: instant(60_000 - stuckMs) };
    const view = seen({ tally: aTally({ '.': 9, t: 1 }), stuck });
    expect(steer(aCampaign(), view)).toEqual({ kind: 'move' });
  });
});

describe('[C2] what follows a gate', () => {
  const running = baking(0, 0) as Extract<CampaignState, { readonly kind: 'running' }>;
  const last = { ...running, wave: 1 };
  test.each([
    ['passed', 'pass', running, {}, { kind: 'running', wave: 1, phase: { kind: 'moving' } }],
    [
      'passed, the last',
      'pass',
      last,
      {},
      { kind: 'running', wave: 1, phase: { kind: 'waiting' } },
    ],
    [
      'passed, of a campaign that goes no further',
      'pass',
      running,
      { isCanaryOnly: true },
      { kind: 'held', wave: 0 },
    ],
    ['not clear', 'inconclusive', running, {}, { kind: 'held', wave: 0 }],
    [
      'not clear, the last',
      'inconclusive',
      last,
      {},
      { kind: 'running', phase: { kind: 'waiting' } },
    ],
    ['failed', 'fail', running, {}, { kind: 'aborting', rollsBack: false }],
    [
      'failed, and is to go back',
      'fail',
      running,
      { onFail: 'rollback' },
      { kind: 'aborting', rollsBack: true },
    ],
    ['failed, and is to be held', 'fail', running, { onFail: 'hold' }, { kind: 'held', wave: 0 }],
  ] as const)('%s', (_name, ruling, state, limits, expected) => {
    expect(afterGate(aCampaign({ state }, limits), state, gate(ruling), now)).toMatchObject(
      expected,
    );
  });
});

describe('what a person says', () => {
  const say = (campaign: Campaign, command: CampaignCommand) =>
    commandCampaign(campaign, command, 'so it is', 'Otto', now);
  const told = (campaign: Campaign, ...commands: readonly CampaignCommand[]): Campaign =>
    commands.reduce((one, command) => {
      const said = say(one, command);
      return said.kind === 'changed' ? said.campaign : one;
    }, campaign);

  test('a pause and a resume lead back, and stand in the log', () => {
    const { state, log } = told(aCampaign(), 'pause', 'resume');
    expect(state).toEqual(moving(0));
    expect(log.map(({ by, what }) => `${by} ${what}`)).toEqual(['Otto pause', 'Otto resume']);
  });

  test('twice the same is once', () => {
    for (const command of ['pause', 'stop', 'abort', 'rollback'] as const) {
      const once = told(aCampaign(), command);
      expect(say(once, command).kind).toBe('same');
    }
  });

  test('[C2] held at a gate that has spoken, a resume begins the next wave; held before, it goes on with this one', () => {
    const judged = aCampaign({
      waves: [aWave({ gate: gate('inconclusive') }), aWave({ firstPage: 1 })],
      state: { ...baking(0, 0), kind: 'held', because: 'a gate' } as CampaignState,
    });
    expect(told(judged, 'resume').state).toMatchObject({ wave: 1, phase: { kind: 'moving' } });
    const drifted = aCampaign({
      state: { ...moving(1), kind: 'held', because: 'drift' } as CampaignState,
    });
    const resumed = told(drifted, 'resume');
    expect(resumed.state).toEqual(moving(1));
    expect(resumed.waves[1]?.isPardoned).toBe(true);
  });

  test('[C2] who passes a gate, or pauses, pardons nothing', () => {
    const judged = aCampaign({
      waves: [aWave({ gate: gate('inconclusive') }), aWave({ firstPage: 1 })],
      state: { ...baking(0, 0), kind: 'held', because: 'a gate' } as CampaignState,
    });
    const pardons = (campaign: Campaign) => campaign.waves.map(({ isPardoned }) => isPardoned);
    expect(pardons(told(judged, 'resume'))).toEqual([false, false]);
    expect(pardons(told(aCampaign(), 'pause', 'resume'))).not.toContain(true);
    const last = { ...judged, state: { ...judged.state, wave: 1 } as CampaignState };
    const passed = told(
      { ...last, waves: [aWave(), aWave({ gate: gate('inconclusive'), firstPage: 1 })] },
      'resume',
    );
    expect(passed.state).toMatchObject({ wave: 1, phase: { kind: 'waiting' } });
  });

  test('a stop takes nothing back, and nothing is paused that has not begun', () => {
    expect(told(aCampaign(), 'stop').state).toMatchObject({ kind: 'stopping', rollsBack: false });
    expect(told(aCampaign(), 'abort', 'rollback').state).toMatchObject({ rollsBack: true });
    const preparing = aCampaign({ state: { kind: 'preparing' } });
    expect(say(preparing, 'pause')).toMatchObject({ kind: 'refused' });
    expect(say(preparing, 'resume')).toMatchObject({ kind: 'refused' });
    expect(say(aCampaign(), 'resume').kind).toBe('same');
  });

  test('held already, it takes no pause: what it is held for is not forgotten', () => {
    const judged = aCampaign({
      waves: [aWave({ gate: gate('inconclusive') }), aWave({ firstPage: 1 })],
      state: { ...baking(0, 0), kind: 'held', because: 'a gate' } as CampaignState,
    });
    expect(say(judged, 'pause')).toMatchObject({ kind: 'refused' });
    expect(told(judged, 'pause', 'resume').state).toMatchObject({ wave: 1 });
  });

  test('[C3] an abort takes back that everything goes back', () => {
    const aborting = told(aCampaign(), 'rollback', 'abort');
    expect(aborting.state).toMatchObject({ kind: 'aborting', rollsBack: false });
    expect(aborting.log.map(({ what }) => what)).toEqual(['rollback', 'abort']);
  });

  test('what ends is over, and what aborts does not go on', () => {
    const ended = aCampaign({ state: { kind: 'ended', outcome: 'completed', because: '' } });
    for (const command of ['pause', 'resume', 'stop', 'abort'] as const)
      expect(say(ended, command)).toMatchObject({
        kind: 'refused',
        because: 'it has ended: completed',
      });
    const aborting = told(aCampaign(), 'abort');
    for (const command of ['pause', 'resume', 'stop'] as const)
      expect(say(aborting, command)).toMatchObject({ kind: 'refused' });
  });

  test('[C3] whatever is said in whatever order: after an abort nothing is ever released', () => {
    const commands = fc.constantFrom<CampaignCommand>(
      'pause',
      'resume',
      'stop',
      'abort',
      'rollback',
    );
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 8 }), (said) => {
        const aborted = told(aCampaign(), ...said, 'abort');
        const { state } = told(aborted, ...said);
        expect(['aborting', 'ended']).toContain(state.kind);
        const { kind } = steer(aCampaign({ state }), seen({ tally: aTally({ '.': 5, t: 2 }) }));
        expect(kind).toBe('cancel');
      }),
    );
  });
});
