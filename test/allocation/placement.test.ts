import { describe, expect, test } from 'vitest';
import {
  type DeviceFacts,
  dependsOnPayload,
  placementOf,
} from '../../shared/allocation/placement.ts';
import { questionOf } from '../../shared/allocation/registration.ts';
import { newDeviceRecord, registrationId } from '../../shared/domain/device.ts';
import { instant } from '../../shared/domain/instant.ts';
import { parseScope, type Scope } from '../../shared/domain/scope.ts';
import { aPolicy } from '../support/a-policy.ts';
import { main, someFacts } from '../support/a-question.ts';
import { aRequest } from '../support/a-request.ts';

const applied = (rules: readonly object[], facts: Partial<DeviceFacts> = {}) =>
  placementOf(aPolicy({ rules }), someFacts(facts)).rules.map(({ name }) => name);

const holds = (when: object, facts: Partial<DeviceFacts> = {}): boolean =>
  applied([{ name: 'rule', when }], facts).length === 1;

test('the first rule that matches applies, and those after it only where it goes on', () => {
  const [one, two] = [{ name: 'one' }, { name: 'two' }];
  expect(applied([one, two])).toEqual(['one']);
  expect(applied([{ ...one, continue: true }, two])).toEqual(['one', 'two']);
  expect(applied([{ ...one, when: { region: ['westeurope'] } }, two])).toEqual(['two']);
});

test('what rules allow is what all of them allow; of the rest, the first that says it', () => {
  const { rules, strategy, initialTwin, quarantines } = placementOf(
    aPolicy({
      strategy: 'leastLoaded',
      rules: [
        { name: 'eu', regions: ['westeurope'], continue: true },
        { name: 'tenant', tags: { tenant: 'a' }, initialTwin: { tags: { a: 1 } }, continue: true },
        { name: 'last', strategy: 'lowestLatency', initialTwin: { tags: { b: 1 } } },
      ],
    }),
    someFacts(),
  );
  expect(rules.map(({ restriction }) => restriction)).toMatchObject([
    { regions: ['westeurope'] },
    { tags: { tenant: 'a' } },
    {},
  ]);
  expect({ strategy, initialTwin, quarantines }).toEqual({
    strategy: 'lowestLatency',
    initialTwin: { tags: { a: 1 } },
    quarantines: false,
  });
});

test('where no rule applies the policy’s own strategy stands', () => {
  const policy = aPolicy({
    strategy: 'leastLoaded',
    rules: [{ name: 'r', when: { scope: ['b'] } }],
  });
  expect(placementOf(policy, someFacts())).toMatchObject({ strategy: 'leastLoaded', rules: [] });
});

describe('a condition', () => {
  test('on the scope, and on the enrollment, whatever its case', () => {
    expect(holds({ scope: ['main'] })).toBe(true);
    expect(holds({ scope: ['eu'] })).toBe(false);
    expect(holds({ scope: ['eu'] }, { scope: parseScope('eu') as Scope })).toBe(true);
    expect(holds({ enrollmentGroup: ['FLEET'] })).toBe(true);
    expect(holds({ enrollmentGroup: ['other'] })).toBe(false);
    expect(holds({ individualEnrollment: ['fleet'] })).toBe(false);
    const alone = { enrollment: { kind: 'individual', id: 'Pump' } } as const;
    expect(holds({ individualEnrollment: ['pump'] }, alone)).toBe(true);
    expect(holds({ enrollmentGroup: ['x'], individualEnrollment: ['pump'] }, alone)).toBe(true);
  });

  test.each<[object | string, boolean]>([
    ['DEVICE-1', true],
    ['device-2', false],
    [{ pattern: '^Device-\\d$' }, true],
    [{ pattern: 'vice' }, true],
    [{ pattern: '^vice' }, false],
  ])('on the registration id: %j', (registration, expected) => {
    expect(holds({ registrationId: registration })).toBe(expected);
  });

  test('on labels and region', () => {
    const labels = { tenant: 'contoso' };
    expect(holds({ labels: { tenant: ['contoso', 'fabrikam'] } }, { labels })).toBe(true);
    expect(holds({ labels: { tenant: { pattern: '^con' } } }, { labels })).toBe(true);
    expect(holds({ labels: { tenant: 'contoso' } })).toBe(false);
    expect(holds({ labels: { tenant: { pattern: '^CON' } } }, { labels })).toBe(false);
    expect(holds({ labels: { constructor: { pattern: '.' } } })).toBe(false);
    expect(holds({ region: ['westeurope'] }, { region: 'westeurope' })).toBe(true);
    expect(holds({ region: ['westeurope'] })).toBe(false);
  });

  const payload = {
    model: 'pump',
    build: 7,
    beta: true,
    site: { country: 'de' },
    parts: ['a', 'b'],
    long: 'x'.repeat(300),
  };
  test.each<[object, boolean]>([
    [{ model: 'pump' }, true],
    [{ model: ['fan', 'pump'] }, true],
    [{ build: 7 }, true],
    [{ build: '7' }, false],
    [{ beta: true }, true],
    [{ 'site.country': 'de' }, true],
    [{ 'site.country': { pattern: '^d' } }, true],
    [{ 'site.country.of': 'de' }, false],
    [{ parts: 'b' }, true],
    [{ build: { pattern: '7' } }, false],
    [{ long: { pattern: 'x' } }, false],
    [{ model: 'pump', build: 8 }, false],
    [{ '__proto__.x': 'y' }, false],
    [{ 'constructor.name': 'Object' }, false],
    [{ 'parts.length': 2 }, true],
  ])('on the payload: %j', (wanted, expected) => {
    expect(holds({ payload: wanted }, { payload })).toBe(expected);
  });

  test.each([undefined, null, 'pump', 7, ['pump']])(
    'on the payload %j, which is no object',
    (odd) => {
      expect(holds({ payload: { model: 'pump' } }, { payload: odd })).toBe(false);
    },
  );

  test('a call tells what the device sends and measured, and the record its labels', () => {
    const latencies = new Map([['westeurope', 9]]);
    const asked = aRequest({ linked: ['east'] }, { payload: { a: 1 }, latencies });
    const labelled = { ...newDeviceRecord(main, 'device-1'), labels: { tenant: 'a' } };
    expect(questionOf(asked, labelled, instant(1)).facts).toMatchObject({
      payload: { a: 1 },
      latencies,
      labels: { tenant: 'a' },
      enrollment: { id: 'fleet' },
    });
  });

  test('a label’s region counts before the device’s own word, whatever its case', () => {
    const asked = aRequest({ linked: ['east'] }, { region: 'eastus' });
    const labelled = { ...newDeviceRecord(main, 'device-1'), labels: { region: 'WestEurope' } };
    expect(questionOf(asked, labelled, instant(1)).facts.region).toBe('westeurope');
    expect(questionOf(asked, undefined, instant(1)).facts.region).toBe('eastus');
  });

  test.each<[object[], boolean]>([
    [[{ name: 'a', when: { payload: { model: 'x' } } }], true],
    [[{ name: 'a', when: { region: ['westeurope'] } }], true],
    [[{ name: 'a', when: { scope: ['eu'], payload: { model: 'x' } } }], false],
    [[{ name: 'a' }, { name: 'b', when: { payload: { model: 'x' } } }], false],
    [
      [
        { name: 'a', continue: true },
        { name: 'b', when: { payload: { model: 'x' } } },
      ],
      true,
    ],
    [[], false],
  ])('whether it takes what a device sends: %j', (rules, expected) => {
    expect(dependsOnPayload(aPolicy({ rules }), someFacts())).toBe(expected);
  });

  test('of a decision that is played back: the rules that applied then', () => {
    const facts = someFacts({ registrationId: registrationId('other'), applied: ['two'] });
    const rules = [{ name: 'one' }, { name: 'two', when: { payload: { model: 'x' } } }];
    expect(placementOf(aPolicy({ rules }), facts).rules).toMatchObject([{ name: 'two' }]);
  });
});
