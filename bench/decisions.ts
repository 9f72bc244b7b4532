import { createHash } from 'node:crypto';
import HashRing from 'hashring';
import { type AllocationQuestion, allocate } from '../shared/allocation/allocate.ts';
import { questionOf } from '../shared/allocation/registration.ts';
import { instant } from '../shared/domain/instant.ts';
import { parseAllocationRequest } from '../shared/wire/allocation-request.ts';
import { hubs, newcomer, readyOf, scope } from './fleet.ts';
import { median, perSecond, say, whole } from './measure.ts';
import { consistentHash } from './rings.ts';

/** More than a cache of theirs holds. */
const questionCount = 20_000;
const rounds = 5;

/**
 * Whole decisions a second: rules, deciders, bound and rank of a device. Beside one SHA-256 of a registration id, what any hashed allocation
 * would pay at the least; and beside two rings, which know nothing but a key.
 */
export const measureDecisions = (): void => {
  for (const count of [10, 50]) {
    const listed = hubs(count, 1_000);
    const names = listed.map(({ hostName }) => hostName);
    const roster = readyOf(listed);
    const newcomers = Array.from({ length: questionCount }, (_, index) => newcomer(index, listed));
    const residents = newcomers.map((asked, index) => ({
      ...asked,
      currentHub: listed[index % count]?.hostName,
    }));
    const bodies = newcomers.map(({ registrationId }) => bodyOf(registrationId, names));
    const ring = new HashRing([...names]);
    const other = consistentHash(listed);
    const keys = newcomers.map(({ registrationId }) => registrationId);
    const rates = interleaved({
      'one SHA-256': (index) => createHash('sha256').update(at(keys, index)).digest(),
      'a newcomer': (index) => allocate(at(newcomers, index), roster),
      'a resident': (index) => allocate(at(residents, index), roster),
      'a newcomer, from the text of its body': (index) => {
        const asked = parseAllocationRequest('main', at(bodies, index), new Set([scope]));
        if (asked.kind === 'asked')
          allocate(questionOf(asked.request, undefined, instant(0)), roster);
      },
      'hashring 3': (index) => ring.get(at(keys, index)),
      'consistent-hash 1': (index) => other.get(at(keys, index)),
    });
    const hash = median(rates.get('one SHA-256') ?? []);
    say(
      `\nDecisions a second, ${count} hubs: median of ${rounds} rounds, and from the least to the most`,
    );
    for (const [name, measured] of rates) {
      const rate = median(measured);
      const range = `${whole(Math.min(...measured))} – ${whole(Math.max(...measured))}`;
      const ratio = `${(rate / hash).toFixed(2)}×`;
      say(
        `  ${name.padEnd(40)}${whole(rate).padStart(12)}${ratio.padStart(9)}${range.padStart(26)}`,
      );
    }
  }
};

const at = <Value>(values: readonly Value[], index: number): Value =>
  values[index % questionCount] as Value;

const interleaved = (
  works: Readonly<Record<string, (index: number) => void>>,
): ReadonlyMap<string, readonly number[]> => {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1)
    for (const [name, work] of Object.entries(works))
      rates.set(name, [...(rates.get(name) ?? []), perSecond(work, 500)]);
  return rates;
};

const bodyOf = (
  registrationId: AllocationQuestion['registrationId'],
  linkedHubs: readonly string[],
): string =>
  JSON.stringify({
    enrollmentGroup: { enrollmentGroupId: 'fleet', allocationPolicy: 'custom' },
    deviceRuntimeContext: { registrationId, symmetricKey: {} },
    linkedHubs,
  });
