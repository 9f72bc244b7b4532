import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draw, firstInRank, nameHash } from '../../shared/allocation/rank.ts';
import { registrationId } from '../../shared/domain/device.ts';
import { type Hub, hubHostName } from '../../shared/domain/hub.ts';
import { aHub, candidates, hostOf } from '../support/a-hub.ts';

const deviceCount = 20_000;
const devices = Array.from({ length: deviceCount }, (_, index) =>
  registrationId(`device-${index}`),
);

const firsts = (hubs: readonly Hub[]): readonly string[] => {
  const all = candidates(...hubs);
  return devices.map((device) => firstInRank(nameHash(device), all).spelled);
};

/** How far a count may stray from its expectation by chance: 4σ of a binomial. */
const tolerance = (share: number): number => 4 * Math.sqrt(deviceCount * share * (1 - share));

const hubs = (count: number, weight = (_index: number) => 1): readonly Hub[] =>
  Array.from({ length: count }, (_, index) => aHub(`hub-${index}`, { weight: weight(index) }));

describe.each([
  ['10 equal hubs', hubs(10)],
  ['50 equal hubs', hubs(50)],
  ['10 hubs weighted 1 to 10', hubs(10, (index) => index + 1)],
])('%s', (_name, before) => {
  const was = firsts(before);
  const weightSum = before.reduce((sum, { weight }) => sum + weight, 0);

  test('[A5] each takes w/W of the decisions', () => {
    for (const { hostName, weight } of before) {
      const share = weight / weightSum;
      const taken = was.filter((hub) => hub === hostName).length;
      expect(Math.abs(taken - share * deviceCount)).toBeLessThan(tolerance(share));
    }
  });

  test('[A5] one that joins takes w/W, and only it gains', () => {
    const joiner = aHub('joiner', { weight: 3 });
    const is = firsts([...before, joiner]);
    const changed = is.filter((hub, index) => hub !== was[index]);
    expect(new Set(changed)).toEqual(new Set([joiner.hostName]));
    const share = joiner.weight / (weightSum + joiner.weight);
    expect(Math.abs(changed.length - share * deviceCount)).toBeLessThan(tolerance(share));
  });

  test('[A5] one that leaves gives up only its own', () => {
    const [leaver, ...rest] = before;
    const is = firsts(rest);
    const changed = was.filter((hub, index) => hub !== is[index]);
    expect(new Set(changed)).toEqual(new Set([leaver?.hostName]));
  });

  test('[A5] one that gains weight only gains', () => {
    const [grown, ...rest] = before;
    const is = firsts([{ ...(grown as Hub), weight: 2 * (grown as Hub).weight }, ...rest]);
    expect(new Set(is.filter((hub, index) => hub !== was[index]))).toEqual(
      new Set([grown?.hostName]),
    );
  });
});

test('[A6] the draw is the same for ever', () => {
  const drawn = ['device-1', 'device-2', 'sensor:7'].map((device) =>
    draw(nameHash(registrationId(device)), nameHash(hubHostName(hostOf('east')))).toFixed(12),
  );
  expect(drawn).toEqual(['0.211712119010', '0.405935204634', '0.134933528749']);
});

test('[A6] the first is whose draw is the lowest for its weight, wherever it stands', () => {
  const share = fc.double({ min: 0.001, max: 1_000, noNaN: true });
  const some = fc.array(share, { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(some, fc.integer(), (shares, device) => {
      const all = shares.map((share, index) => {
        const hash = nameHash(hubHostName(hostOf(`hub-${index}`)));
        return { listed: { hash, share } };
      });
      const name = nameHash(registrationId(`device-${device}`));
      const drawnBy = ({ listed }: (typeof all)[number]) => draw(name, listed.hash) / listed.share;
      const lowest = Math.min(...all.map(drawnBy));
      expect(drawnBy(firstInRank(name, all))).toBe(lowest);
      expect(drawnBy(firstInRank(name, all.toReversed()))).toBe(lowest);
    }),
    { numRuns: 2_000 },
  );
});

test('draws of one device on two hubs are independent', () => {
  const both = devices.map((device) => {
    const seeds = nameHash(device);
    return [
      draw(seeds, nameHash(hubHostName(hostOf('hub-1')))),
      draw(seeds, nameHash(hubHostName(hostOf('hub-2')))),
    ] as const;
  });
  // The covariance of exponential variates of rate 1 is their correlation; 4σ of it is 4/√n.
  const correlation =
    both.reduce((sum, [one, other]) => sum + (one - 1) * (other - 1), 0) / deviceCount;
  expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(deviceCount));
});

test('no candidate is a bug', () => {
  expect(() => firstInRank(nameHash(registrationId('device-1')), [])).toThrow(RangeError);
});
