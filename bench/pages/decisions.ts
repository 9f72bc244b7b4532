import { createHash } from 'node:crypto';
import HashRing from 'hashring';
import { type AllocationQuestion, allocate } from '../../shared/allocation/allocate.ts';
import { questionOf } from '../../shared/allocation/registration.ts';
import { instant } from '../../shared/domain/instant.ts';
import { parseAllocationRequest } from '../../shared/wire/allocation-request.ts';
import { hubs, newcomer, readyOf, scope } from '../fleet.ts';
import { interleaved, median, perSecond, spreadOf } from '../measure.ts';
import { column, type Page, type Table } from '../page.ts';
import { consistentHash } from '../rings.ts';

/** More than a cache of theirs holds. */
const questionCount = 20_000;
const rounds = 7;
const roundMs = 500;

/**
 * Whole decisions a second: rules, deciders, bound and rank of a device. Beside one SHA-256 of a registration id, what any hashed allocation
 * would pay at the least; and beside two rings, which know nothing but a key.
 */
export const measureDecisions = async (): Promise<Page> => ({
  title: 'Decisions a second, on one core',
  tables: [await tableOf(10), await tableOf(50)],
  chart: { table: 1, columns: ['a second'] },
  beside: ['hashring', 'consistent-hash'],
});

const tableOf = async (count: number): Promise<Table> => {
  const rates = await interleaved(worksFor(count), rounds, 1);
  const hash = median(rates['one SHA-256'] ?? []);
  const ring = median(rates['hashring'] ?? []);
  return {
    title: `${count} hubs`,
    columns: [
      column('a second', '/s'),
      column('beside one SHA-256', '×'),
      column('beside hashring', '×'),
    ],
    rows: Object.entries(rates).map(([name, measured]) => ({
      name,
      cells: [spreadOf(measured), median(measured) / hash, median(measured) / ring],
    })),
  };
};

const worksFor = (count: number): Readonly<Record<string, () => number>> => {
  const listed = hubs(count, 1_000);
  const names = listed.map(({ hostName }) => hostName);
  const roster = readyOf(listed);
  const newcomers = Array.from({ length: questionCount }, (_, index) =>
    newcomer(`device-${index}`, listed),
  );
  const residents = newcomers.map((asked, index) => ({
    ...asked,
    currentHub: listed[index % count]?.hostName,
  }));
  const bodies = newcomers.map(({ registrationId }) => bodyOf(registrationId, names));
  const ring = new HashRing([...names]);
  const other = consistentHash(listed);
  const keys = newcomers.map(({ registrationId }) => registrationId);
  const works: Readonly<Record<string, (index: number) => void>> = {
    'one SHA-256': (index) => createHash('sha256').update(at(keys, index)).digest(),
    'a newcomer': (index) => allocate(at(newcomers, index), roster),
    'a resident': (index) => allocate(at(residents, index), roster),
    'a newcomer, from the text of its body': (index) => {
      const asked = parseAllocationRequest('main', at(bodies, index), new Set([scope]));
      if (asked.kind === 'asked')
        allocate(questionOf(asked.request, undefined, instant(0)), roster);
    },
    hashring: (index) => ring.get(at(keys, index)),
    'consistent-hash': (index) => other.get(at(keys, index)),
  };
  return Object.fromEntries(
    Object.entries(works).map(([name, work]) => [name, () => perSecond(work, roundMs)]),
  );
};

const at = <Value>(values: readonly Value[], index: number): Value =>
  values[index % questionCount] as Value;

const bodyOf = (
  registrationId: AllocationQuestion['registrationId'],
  linkedHubs: readonly string[],
): string =>
  JSON.stringify({
    enrollmentGroup: { enrollmentGroupId: 'fleet', allocationPolicy: 'custom' },
    deviceRuntimeContext: { registrationId, symmetricKey: {} },
    linkedHubs,
  });
