import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Allocation,
  type AllocationQuestion,
  allocate,
} from '../../shared/allocation/allocate.ts';
import { type Hub, hubHostName } from '../../shared/domain/hub.ts';
import { type HubTable, hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import { aHub, aRoster } from '../support/a-hub.ts';
import { aQuestion } from '../support/a-question.ts';
import { question, slackPercent, table } from '../support/arbitrary-allocation.ts';

const decide = (asked: AllocationQuestion, table: HubTable, slack: number): Allocation =>
  allocate(asked, aRoster(table, { slackPercent: slack }));

const check = (law: (asked: AllocationQuestion, given: HubTable, slack: number) => void): void => {
  fc.assert(fc.property(question, table, slackPercent, law), { numRuns: 2_000 });
};

const homeOf = ({ linkedHubs, currentHub }: AllocationQuestion): string | undefined =>
  linkedHubs.find((linked) => hubHostName(linked) === currentHub);

const stateOf = (spelledHub: string, given: HubTable) =>
  given.hubs.get(hubHostName(spelledHub))?.state;

/** Written from the law, not from the code. */
const mayTakeNew = (spelledHub: string, given: HubTable, asked?: AllocationQuestion): boolean => {
  if (asked?.triedInVain.has(hubHostName(spelledHub))) return false;
  const known = given.hubs.get(hubHostName(spelledHub));
  return !!known && known.state === 'open' && !((known.deviceCount ?? 0) >= known.capacity);
};

test('[A1] the answer is one of linkedHubs, spelled as it came', () => {
  check((asked, given, slack) => {
    expect(asked.linkedHubs).toContain(decide(asked, given, slack).hub);
  });
});

test('[A2] a resident keeps its hub unless that hub is closed', () => {
  check((asked, given, slack) => {
    const home = homeOf(asked);
    fc.pre(home !== undefined && stateOf(home, given) !== 'closed');
    expect(decide(asked, given, slack)).toMatchObject({ hub: home, degraded: false });
  });
});

test('[A2] a resident of a closed hub is placed as a newcomer would be', () => {
  check((asked, given, slack) => {
    const home = homeOf(asked);
    fc.pre(
      home !== undefined && stateOf(home, given) === 'closed' && asked.reprovision !== 'never',
    );
    fc.pre(asked.linkedHubs.some((linked) => stateOf(linked, given) !== 'closed'));
    const answer = decide(asked, given, slack);
    expect(answer.because).toBe('closed');
    expect(answer.hub).toBe(decide({ ...asked, currentHub: undefined }, given, slack).hub);
  });
});

test('[A3] a hub that may take no new device is given none while another may', () => {
  check((asked, given, slack) => {
    fc.pre(homeOf(asked) === undefined);
    fc.pre(asked.linkedHubs.some((linked) => mayTakeNew(linked, given, asked)));
    const answer = decide(asked, given, slack);
    expect(mayTakeNew(answer.hub, given, asked)).toBe(true);
    expect(answer.degraded).toBe(false);
  });
});

test('[A3] an answer is flagged exactly when a newcomer found no hub that may take it', () => {
  check((asked, given, slack) => {
    fc.pre(homeOf(asked) === undefined);
    const none = !asked.linkedHubs.some((linked) => mayTakeNew(linked, given, asked));
    expect(decide(asked, given, slack).degraded).toBe(none);
  });
});

test('[A4] a newcomer never lifts a counted hub past its bound while another counted hub has room', () => {
  check((asked, given, slack) => {
    fc.pre(homeOf(asked) === undefined);
    const counted = asked.linkedHubs
      .filter((linked) => mayTakeNew(linked, given, asked))
      .map((linked) => given.hubs.get(hubHostName(linked)) as Hub)
      .filter(({ deviceCount }) => deviceCount !== undefined);
    fc.pre(counted.length > 0);
    const n = counted.reduce((sum, { deviceCount = 0 }) => sum + deviceCount, 0);
    const w = counted.reduce((sum, { weight }) => sum + weight, 0);
    // In whole numbers: count + 1 ≤ ⌈x⌉ is count < x, and x is a ratio of integers.
    const hasRoom = ({ weight, deviceCount = 0, capacity }: Hub) =>
      deviceCount < capacity &&
      BigInt(deviceCount) * BigInt(100 * w) < BigInt((100 + slack) * weight) * BigInt(n + 1);
    const answered = given.hubs.get(hubHostName(decide(asked, given, slack).hub)) as Hub;
    if (answered.deviceCount !== undefined) expect(hasRoom(answered)).toBe(true);
    expect(counted.some(hasRoom)).toBe(true);
  });
});

test('[A4] a hub that is linked twice counts once', () => {
  const east = { ...aHub('east', { capacity: 100 }), hostName: hubHostName('east') };
  const west = { ...east, hostName: hubHostName('west') };
  const given = hubTable(
    [
      { ...east, deviceCount: 53 },
      { ...west, deviceCount: 46 },
    ],
    instant(0),
  );
  for (let device = 0; device < 50; device += 1) {
    const asked = aQuestion({ device: `${device}`, linked: [] });
    expect(decide({ ...asked, linkedHubs: ['east', 'EAST', 'west'] }, given, 5).hub).toBe('west');
  }
});

test('[A5] the bound apart, a hub that joins takes newcomers only for itself', () => {
  const uncounted = (given: HubTable): HubTable =>
    hubTable(
      [...given.hubs.values()].map((known) => ({ ...known, deviceCount: undefined })),
      given.takenAt,
    );
  check((asked, given, slack) => {
    fc.pre(asked.linkedHubs.length > 1 && homeOf(asked) === undefined);
    const [joiner = '', ...rest] = asked.linkedHubs;
    fc.pre(
      mayTakeNew(joiner, given, asked) && rest.some((linked) => mayTakeNew(linked, given, asked)),
    );
    const before = decide({ ...asked, linkedHubs: rest }, uncounted(given), slack).hub;
    expect([joiner, before]).toContain(decide(asked, uncounted(given), slack).hub);
  });
});

test('[A6] same request, same snapshot, same answer, in whatever order linkedHubs came', () => {
  check((asked, given, slack) => {
    const answer = decide(asked, given, slack);
    const reordered = { ...asked, linkedHubs: asked.linkedHubs.toReversed() };
    const relisted = hubTable([...given.hubs.values()].toReversed(), given.takenAt);
    expect(decide(asked, given, slack)).toEqual(answer);
    expect(decide(reordered, relisted, slack)).toEqual(answer);
  });
});

test('[A6] two spellings of one hub are answered alike in either order', () => {
  const linkedHubs = ['East.azure-devices.net', 'EAST.azure-devices.net', 'east.azure-devices.net'];
  for (const currentHub of [undefined, hubHostName('east.azure-devices.net')]) {
    const asked = { ...aQuestion({ device: 'd', linked: [] }), currentHub };
    const [one, other] = [linkedHubs, linkedHubs.toReversed()].map((order) =>
      decide({ ...asked, linkedHubs: order }, hubTable([], instant(0)), 5),
    );
    expect(one).toEqual(other);
  }
});

test('[A9] under never-reprovision a resident is answered its current hub', () => {
  check((asked, given, slack) => {
    const home = homeOf(asked);
    fc.pre(home !== undefined);
    expect(decide({ ...asked, reprovision: 'never' }, given, slack).hub).toBe(home);
  });
});
