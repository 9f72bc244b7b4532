import { expect, test } from 'vitest';
import { hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import { type MovableFacts, movable, type TwinFacts } from '../../shared/planning/movable.ts';
import { aHub } from '../support/a-hub.ts';
import { aDevice, aMove, at, east, host, west } from '../support/a-move.ts';
import { anEnrollment } from '../support/a-request.ts';

const table = hubTable(
  [
    aHub('east'),
    aHub('west'),
    aHub('shut', { state: 'cordoned' }),
    aHub('full', { capacity: 1, deviceCount: 1 }),
  ],
  instant(0),
);
const twin: TwinFacts = { kind: 'found', enabled: true, iotEdge: false, advertises: true };
const facts: MovableFacts = {
  record: aDevice(),
  enrollment: anEnrollment(),
  table,
  to: west,
  onSource: twin,
  sourceTier: 'S1',
  onTarget: { kind: 'absent' },
  resetAllowed: false,
  barred: undefined,
  yieldsPin: false,
};

const order = { since: instant(0), by: 'Otto' };

test('into quarantine and out of it a pinned device goes', () => {
  const pin = { ...order, because: 'a demo' };
  const moved = { ...facts, record: aDevice({ pin }), yieldsPin: true };
  expect(movable(moved)).toEqual({ kind: 'yes' });
});

test('a device like any other is movable', () => {
  expect(movable(facts)).toEqual({ kind: 'yes' });
});

test.each<[string, Partial<MovableFacts>, string]>([
  ['a conflict', { record: aDevice({ conflictsWith: 'PUMP' }) }, 'shares its key'],
  ['a rule', { barred: 'rule eu wants a hub in westeurope' }, 'rule eu wants'],
  ['a pin', { record: aDevice({ pin: { ...order, because: 'a demo' } }) }, 'pinned: a demo'],
  [
    'quarantine',
    { record: aDevice({ quarantine: { ...order, because: 'odd', returnTo: undefined } }) },
    'in quarantine: odd',
  ],
  ['a hub of nobody', { to: host('north') }, 'not in the hub table'],
  ['a cordoned hub', { to: host('shut') }, 'is cordoned'],
  ['a full hub', { to: host('full') }, 'at its capacity'],
  ['a move', { record: aDevice({ move: aMove() }) }, 'is under way'],
  ['no way to go', { record: aDevice({ observed: { hub: west, at: at(1) } }) }, 'is on'],
  [
    'nobody',
    {
      record: aDevice({ finding: { kind: 'missing', hub: east, since: at(0), nextAt: undefined } }),
    },
    'it is missing',
  ],
  ['never', { enrollment: anEnrollment({ reprovision: 'never' }) }, 'fleet never moves'],
  ['reset', { enrollment: anEnrollment({ reprovision: 'reset' }) }, 'would reset its twin'],
  ['other hubs', { enrollment: anEnrollment({ hubs: [east] }) }, 'not allowed on'],
  ['a stranger', { record: aDevice({ observed: undefined }) }, 'never seen'],
  ['a double', { onTarget: twin }, 'holds an identity of it already'],
  ['a ghost', { onSource: { kind: 'absent' } }, 'holds no identity'],
  ['a disabled one', { onSource: { ...twin, enabled: false } }, 'is disabled'],
  ['a gateway', { onSource: { ...twin, iotEdge: true } }, 'IoT Edge'],
])('%s is not movable, and it is said why', (_name, but, why) => {
  const found = movable({ ...facts, ...but });
  expect(found).toMatchObject({ kind: 'no', because: expect.stringContaining(why) });
});

test.each<[string, Partial<MovableFacts>, string]>([
  ['to a hub that was not linked', { enrollment: anEnrollment({ linked: [east] }) }, 'not linked'],
  [
    'of an enrollment that nobody told of',
    { enrollment: undefined },
    'nothing is known of its enrollment',
  ],
  ['on a hub that gives no answer', { onSource: { kind: 'silent' } }, 'could not be asked'],
  ['to a hub that gives no answer', { onTarget: { kind: 'silent' } }, 'could not be asked'],
  ['of old firmware', { onSource: { ...twin, advertises: false } }, 'does not say'],
])('a device %s is unknown, and it is said why', (_name, but, why) => {
  const found = movable({ ...facts, ...but });
  expect(found).toMatchObject({ kind: 'unknown', because: expect.stringContaining(why) });
});

test('what is known to be impossible speaks before what is unknown', () => {
  const both = { enrollment: undefined, onTarget: twin };
  expect(movable({ ...facts, ...both }).kind).toBe('no');
});

test('a plan may allow the reset policy', () => {
  const enrollment = anEnrollment({ reprovision: 'reset' });
  expect(movable({ ...facts, enrollment, resetAllowed: true }).kind).toBe('yes');
});
