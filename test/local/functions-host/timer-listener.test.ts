import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RegisteredFunction } from '../../../local/functions-host/core-types.ts';
import { listenToTimer } from '../../../local/functions-host/timer-listener.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:30Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const timed = (schedule: string): RegisteredFunction => ({
  name: 'tick',
  bindings: {},
  triggerName: 'timer',
  trigger: { type: 'timerTrigger', direction: 'in', schedule },
  handler: () => undefined,
});

const runs: { at: string; info: Record<string, unknown> }[] = [];
/** What the listener calls; each run takes `tookMs`, then fails if told to. */
const recording =
  (tookMs = 0, fails = false) =>
  async (_: unknown, { json = '' }: { json?: string }) => {
    runs.push({ at: new Date().toISOString(), info: JSON.parse(json) });
    await new Promise((resolve) => setTimeout(resolve, tookMs));
    if (fails) throw new Error('it failed');
    return {};
  };
const times = () => runs.splice(0).map(({ at }) => at.slice(11, 19));

test('a timer runs on its schedule, and tells of its last and next', async () => {
  const listener = listenToTimer(timed('0 * * * * *'), recording());
  await vi.advanceTimersByTimeAsync(120_000);
  expect(runs.map(({ info }) => info['ScheduleStatus'])).toMatchObject([
    { Last: '0001-01-01T00:00:00+00:00', Next: '2026-01-01T00:01:00.000Z' },
    { Last: '2026-01-01T00:01:00.000Z', Next: '2026-01-01T00:02:00.000Z' },
  ]);
  expect(times()).toEqual(['00:01:00', '00:02:00']);
  await listener.stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(times()).toEqual([]);
});

test('under a minute there is no status', async () => {
  const listener = listenToTimer(timed('*/20 * * * * *'), recording());
  await vi.advanceTimersByTimeAsync(31_000);
  expect(runs.map(({ info }) => info['ScheduleStatus'])).toEqual([null, null]);
  expect(times()).toEqual(['00:00:40', '00:01:00']);
  await listener.stop();
});

test('runs never overlap: after one that outlasts its slot comes another at once, for all that it missed', async () => {
  const tooks = [150_000, 10_000, 60_100, 0];
  const listener = listenToTimer(timed('0 * * * * *'), (timer, data) =>
    recording(tooks.shift())(timer, data),
  );
  await vi.advanceTimersByTimeAsync(331_000);
  expect(runs[2]?.info['ScheduleStatus']).toMatchObject({ Last: runs[1]?.at });
  expect(times()).toEqual(['00:01:00', '00:03:30', '00:04:00', '00:05:00', '00:06:00']);
  await listener.stop();
});

test('a run that fails does not end the schedule', async () => {
  const listener = listenToTimer(timed('0 * * * * *'), recording(0, true));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(times()).toHaveLength(2);
  await listener.stop();
});

test('a wait longer than setTimeout can be asked for is kept', async () => {
  const listener = listenToTimer(timed('0 0 0 1 3 *'), recording());
  await vi.advanceTimersByTimeAsync(58 * 86_400_000);
  expect(runs).toEqual([]);
  await vi.advanceTimersByTimeAsync(86_400_000);
  expect(times()).toEqual(['00:00:00']);
  await listener.stop();
});

test('stop waits for the run under way', async () => {
  const listener = listenToTimer(timed('0 * * * * *'), recording(10_000));
  await vi.advanceTimersByTimeAsync(31_000);
  let stopped = false;
  const stopping = listener.stop().then(() => {
    stopped = true;
  });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(stopped).toBe(false);
  await vi.advanceTimersByTimeAsync(5_000);
  await stopping;
  expect(times()).toEqual(['00:01:00']);
});

test('a timer that fires early, by the clock, does not run its slot twice', async () => {
  const listener = listenToTimer(timed('0 * * * * *'), recording());
  vi.setSystemTime(Date.parse('2026-01-01T00:00:29.990Z')); // the clock is set back while it waits
  await vi.advanceTimersByTimeAsync(30_000);
  expect(runs).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(runs).toHaveLength(1);
  runs.length = 0;
  await listener.stop();
});
