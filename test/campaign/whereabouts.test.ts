import { expect, test } from 'vitest';
import type { Evidence } from '../../shared/campaign/evidence.ts';
import {
  lookedFor,
  missingAfter,
  missingLookMs,
  whereaboutsAfter,
} from '../../shared/campaign/whereabouts.ts';
import { nextAtOf } from '../../shared/domain/device.ts';
import { aDevice, aMove, at, east, seen, west } from '../support/a-move.ts';

test('what is no news changes nothing: most events of a fleet', () => {
  const device = aDevice();
  const news = [seen('active', east, 1), seen('created', east, 2), seen('silent', east, 3)];
  expect(whereaboutsAfter(device, news)).toBe(device);
});

test('[M7] a deleted identity makes the device missing, to be looked for, and no more', () => {
  const missing = whereaboutsAfter(aDevice(), [seen('absent', east, 1)]);
  expect(missing.finding).toEqual({
    kind: 'missing',
    hub: east,
    since: at(1),
    nextAt: at(16),
  });
  expect(nextAtOf(missing)).toBe(at(1) + missingLookMs);
  const again = whereaboutsAfter(missing, [seen('absent', east, 2), seen('absent', west, 3)]);
  expect(again).toBe(missing);
});

test('a device that turns up again is missing no longer', () => {
  const missing = whereaboutsAfter(aDevice(), [seen('absent', east, 1)]);
  expect(whereaboutsAfter(missing, [seen('created', east, 2)]).finding).toBeUndefined();
  expect(whereaboutsAfter(missing, [seen('created', east, 0.5)]).finding).toBe(missing.finding);
});

test('on a hub that is not its home it is a stray, until it is home', () => {
  const stray = whereaboutsAfter(aDevice(), [seen('active', west, 1)]);
  expect(stray).toMatchObject({
    observed: { hub: west, at: at(1) },
    finding: { kind: 'stray', hub: west, since: at(1), nextAt: undefined },
  });
  expect(whereaboutsAfter(stray, [seen('active', east, 2)]).finding).toBeUndefined();
});

test('a deletion where it is not, or of before, is none of its own', () => {
  const device = aDevice();
  expect(whereaboutsAfter(device, [seen('absent', west, 1)])).toBe(device);
  const newer = aDevice({ observed: { hub: east, at: at(5) } });
  expect(whereaboutsAfter(newer, [seen('absent', east, 4)])).toBe(newer);
});

test('during its move a device is neither missing nor astray', () => {
  const moving = aDevice({ move: aMove() });
  const seenMoving = [seen('absent', east, 1), seen('created', west, 2), seen('created', east, 3)];
  const { finding, observed } = whereaboutsAfter(moving, seenMoving);
  expect(finding).toBeUndefined();
  expect(observed).toEqual({ hub: west, at: at(2) });
});

test('[M7] only one that is absent from every hub and from DPS is decommissioned', () => {
  const missing = whereaboutsAfter(aDevice(), [seen('absent', east, 1)]);
  const nowhere = [seen('absent', east, 16), seen('absent', west, 16)];
  const after = (looked: readonly Evidence[], atDps: 'found' | 'absent' | 'silent') =>
    missingAfter(missing, looked, atDps, at(16)).finding;
  expect(after(nowhere, 'absent')).toMatchObject({ kind: 'decommissioned', nextAt: undefined });
  expect(after(nowhere, 'silent')).toMatchObject({ kind: 'missing', nextAt: at(16 + 24 * 60) });
  expect(after(nowhere, 'found')).toMatchObject({ kind: 'missing' });
  const oneSilent = [seen('absent', east, 16), seen('silent', west, 16)];
  expect(after(oneSilent, 'absent')).toMatchObject({ kind: 'missing' });
  expect(after([seen('absent', east, 16), seen('found', west, 16)], 'found')).toMatchObject({
    kind: 'stray',
  });
});

test('an identity that a look finds is no sign of the device, unless it is the only one', () => {
  const device = aDevice();
  expect(whereaboutsAfter(device, [seen('found', west, 1)])).toBe(device);
  const both = [seen('found', east, 1), seen('found', west, 1)];
  expect(lookedFor(device, [...both, seen('active', east, 1)], at(1))).toMatchObject({
    observed: { hub: east },
    ghosts: [west],
    finding: undefined,
  });
  const moved = lookedFor(device, [seen('absent', east, 1), seen('found', west, 1)], at(1));
  expect(moved).toMatchObject({ observed: { hub: west }, ghosts: [], finding: { kind: 'stray' } });
});

test('a home is split while several hubs hold it and it is at work on none', () => {
  const both = [seen('found', east, 1), seen('found', west, 1)];
  const split = lookedFor(aDevice(), both, at(1));
  expect(split).toMatchObject({ finding: { kind: 'splitHome', hub: east }, ghosts: [west] });
  const heard = whereaboutsAfter(split, [seen('active', east, 2)]);
  expect(heard).toMatchObject({ finding: undefined, ghosts: [west] });
  expect(whereaboutsAfter(heard, [seen('absent', west, 3)]).ghosts).toEqual([]);
  expect(whereaboutsAfter(heard, [seen('active', west, 3)])).toMatchObject({
    observed: { hub: west },
    ghosts: [],
    finding: { kind: 'stray' },
  });
});

test('an answer that was pending is confirmed when the device turns up there', () => {
  const pending = { hub: east, calls: 1, firstAt: at(0), lastAt: at(0), tried: [] };
  const device = aDevice({ observed: undefined, pending });
  expect(whereaboutsAfter(device, [seen('created', east, 1)])).toMatchObject({
    observed: { hub: east },
    pending: undefined,
  });
  expect(whereaboutsAfter(device, [seen('created', west, 1)]).pending).toBe(pending);
});

test('[M7] who was looked for nowhere, or not where it was deleted, is not given up', () => {
  const missing = whereaboutsAfter(aDevice(), [seen('absent', east, 1)]);
  const after = (looked: readonly Evidence[]) => missingAfter(missing, looked, 'absent', at(16));
  expect(after([]).finding).toMatchObject({ kind: 'missing' });
  expect(after([seen('absent', west, 16)]).finding).toMatchObject({ kind: 'missing' });
});

test('an identity of long ago is no sign of life: a home is split all the same', () => {
  const both = [seen('found', east, 5), seen('active', east, 1), seen('found', west, 5)];
  expect(lookedFor(aDevice(), both, at(5)).finding).toMatchObject({ kind: 'splitHome' });
});

test('an answer that was pending for the hub where it was is confirmed there', () => {
  const pending = { hub: east, calls: 2, firstAt: at(1), lastAt: at(1), tried: [] };
  const device = aDevice({ pending });
  expect(whereaboutsAfter(device, [seen('active', east, 2)])).toEqual({
    ...device,
    pending: undefined,
  });
});
