import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Evidence } from '../../shared/campaign/evidence.ts';
import { evolve } from '../../shared/campaign/evolve.ts';
import type { MoveCommand, Reply } from '../../shared/campaign/move-commands.ts';
import type { MoveEvent, MoveLife } from '../../shared/campaign/move-events.ts';
import { whereaboutsAfter } from '../../shared/campaign/whereabouts.ts';
import { type Instant, instant } from '../../shared/domain/instant.ts';
import { moveId, requestId } from '../../shared/domain/move.ts';
import { aDevice, aPlan, decided, east, host, lived, triggered, west } from '../support/a-move.ts';

/** Any commands, at any time in two hours, in any order. */
const time = fc.integer({ min: 1, max: 7_200_000 }).map(instant);
const hub = fc.constantFrom(east, west, host('north'));
const request = fc.constantFrom(`${aPlan().id}:1`, `${aPlan().id}:2`, 'another');
const state = fc.constantFrom('accepted', 'deferred', 'refused', 'done', 'failed' as const);
const sight = fc.record({
  kind: fc.constantFrom('created', 'found', 'absent', 'active', 'silent' as const),
  hub,
  at: time,
});
const said = fc.record({
  kind: fc.constant('said' as const),
  hub,
  at: time,
  word: fc.record({
    request,
    state,
    until: fc.option(time, { nil: undefined }),
    why: fc.constant(undefined),
  }),
});
const evidence = fc.array(fc.oneof(sight, said), { maxLength: 4 }) as fc.Arbitrary<Evidence[]>;
const draw = fc.double({ min: 0, max: 0.999, noNaN: true });
const replies: readonly Reply[] = [
  { kind: 'accepted' },
  { kind: 'offline' },
  { kind: 'unknown' },
  { kind: 'noHandler' },
  { kind: 'throttled', retryAfterMs: 5_000, because: 'busy' },
  { kind: 'refused', why: 'no' },
  { kind: 'deferred', until: instant(3_000_000) },
  { kind: 'unsignallable', because: 'gone' },
];
const command: fc.Arbitrary<MoveCommand> = fc.oneof(
  fc.record({ type: fc.constant('SeeDevice' as const), evidence, now: time }),
  fc.record({
    type: fc.constant('WakeMove' as const),
    targetTakes: fc.boolean(),
    evidence,
    now: time,
    draw,
  }),
  fc.record({
    type: fc.constant('HearReply' as const),
    request,
    reply: fc.constantFrom(...replies),
    now: time,
    draw,
  }),
  fc.record({
    type: fc.constant('TriggerMove' as const),
    plan: fc.constant(aPlan({ id: moveId('2'.repeat(20)) })),
    now: time,
  }),
);
const commands = fc.array(command, { maxLength: 25 });

const live = (
  given: readonly MoveCommand[],
  each: (before: MoveLife, events: readonly MoveEvent[], life: MoveLife) => void,
): void => {
  let life = triggered();
  for (const one of given) {
    const events = decided(life, one);
    const next = events.reduce(evolve, life);
    each(life, events, next);
    life = next;
    if (life.kind === 'settled') return;
  }
};

test('[M1] [M3] [M5] hold under any commands in any order', () => {
  fc.assert(
    fc.property(commands, (given) => {
      live(given, (before, events, life) => {
        if (before.kind !== 'open') return;
        // M1: it stays the same move
        if (life.kind === 'open') expect(life.move.id).toBe(before.move.id);
        // M5: an id comes again only while its outcome is unknown, and a new one only after a known end
        const sent = events.find(({ type }) => type === 'RequestSent');
        if (sent && life.kind === 'open') {
          const renewed = requestId(life.move) !== requestId(before.move);
          const ask = events.filter((event) => event !== sent).reduce(evolve, before as MoveLife);
          const known =
            ask.kind === 'open' &&
            (ask.move.ask.kind === 'over' || ask.move.ask.kind === 'deferred');
          expect(renewed).toBe(known);
        }
        // M3
        if (life.kind === 'settled' && life.settled.verdict === 'verified') {
          const { proof, triggeredAt } = life.settled.move;
          expect(proof.source?.held).toBe(false);
          expect(proof.target?.held).toBe(true);
          const times = [proof.source?.at, proof.target?.at, proof.heard];
          expect(times.every((at) => at !== undefined && at > triggeredAt)).toBe(true);
        }
      });
    }),
    { numRuns: 2_000 },
  );
});

test('[M4] doubled and in any order, the same evidence leads to the same proof', () => {
  const pure = fc.array(
    sight.filter(({ kind }) => kind !== 'silent'),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(pure, fc.infiniteStream(fc.nat()), (seen, order) => {
      const shuffled = [...seen, ...seen]
        .map((one) => [order.next().value, one] as const)
        .sort(([one], [other]) => one - other)
        .map(([, one]) => one);
      const proofAfter = (evidences: readonly Evidence[]) => {
        let life: MoveLife = triggered();
        for (const one of evidences) {
          const events = decided(life, { type: 'SeeDevice', evidence: [one], now: instant(1) });
          // Whatever settles it, what is proved goes on, so that the two ways can be compared.
          life = events.filter(({ type }) => type !== 'MoveSettled').reduce(evolve, life);
        }
        if (life.kind !== 'open') throw new Error('settled');
        const { source, target, heard } = life.move.proof;
        return {
          source: source && [source.held, source.at],
          target: target && [target.held, target.at],
          heard,
        };
      };
      expect(proofAfter(shuffled)).toEqual(proofAfter(seen));
    }),
    { numRuns: 2_000 },
  );
});

test('[M4] the observed hub is that of the newest sight, in whatever order they come', () => {
  const sights = fc.array(
    sight.filter(({ kind }) => kind === 'created' || kind === 'active'),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(sights, (seen) => {
      const unique = [...new Map(seen.map((one) => [one.at, one])).values()];
      const newest = unique.reduce((one, other) => (other.at > one.at ? other : one));
      for (const order of [unique, unique.toReversed()]) {
        // A stay on one hub is known from its first sight, so each order is told hub by hub.
        const record = order.reduce((known, one) => whereaboutsAfter(known, [one]), aDevice());
        if (order.at(-1) === newest) expect(record.observed?.hub).toBe(newest.hub);
      }
    }),
  );
});

test('[M6] whatever happens, looked at when it is due, a move is settled by its deadline', () => {
  fc.assert(
    fc.property(commands, fc.array(draw, { minLength: 1 }), (given, draws) => {
      let life = triggered({ parkedUntil: instant(5_400_000) });
      let now: Instant = instant(0);
      const later = [...given].sort((one, other) => one.now - other.now);
      for (let looks = 0; life.kind === 'open'; looks += 1) {
        expect(looks).toBeLessThan(3_000);
        expect(life.move.nextAt).toBeLessThanOrEqual(life.move.deadline);
        const [happens] = later;
        if (happens && happens.now < life.move.nextAt) {
          later.shift();
          life = lived(life, happens);
          now = instant(Math.max(now, happens.now));
          continue;
        }
        now = instant(Math.max(now, life.move.nextAt));
        const drawn = draws[looks % draws.length] ?? 0;
        life = lived(life, { type: 'WakeMove', targetTakes: true, evidence: [], now, draw: drawn });
        if (life.kind === 'open') expect(now).toBeLessThan(life.move.deadline);
      }
    }),
    { numRuns: 500 },
  );
});

test('[M7] no evidence, in whatever order, decommissions a device', () => {
  fc.assert(
    fc.property(fc.array(evidence, { maxLength: 10 }), (batches) => {
      const record = batches.reduce(whereaboutsAfter, aDevice());
      expect(record.finding?.kind).not.toBe('decommissioned');
    }),
    { numRuns: 1_000 },
  );
});
