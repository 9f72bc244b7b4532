import fc from 'fast-check';
import type { AllocationQuestion } from '../../shared/allocation/allocate.ts';
import { registrationId } from '../../shared/domain/device.ts';
import type { ReprovisionPolicy } from '../../shared/domain/enrollment.ts';
import { type Hub, hubHostName, hubStates } from '../../shared/domain/hub.ts';
import { type HubTable, hubTable } from '../../shared/domain/hub-table.ts';
import { instant } from '../../shared/domain/instant.ts';
import type { IntakeMinute } from '../../shared/domain/intake.ts';
import { type Policy, strategies } from '../../shared/domain/policy.ts';
import { aHub, hostOf } from './a-hub.ts';
import { aPolicy } from './a-policy.ts';
import { someFacts } from './a-question.ts';

/** Any table, any question: hubs that the table lists and others, spelled in any case, counted or not. */
export const slackPercent = fc.integer({ min: 0, max: 100 });

const hubName = fc.constantFrom(...Array.from({ length: 12 }, (_, index) => `Hub-${index}`));

const constants = (hub: Hub) =>
  Object.fromEntries(
    Object.entries(hub).map(([key, value]) => [key, fc.constant(value)]),
  ) as unknown as { readonly [Key in keyof Hub]: fc.Arbitrary<Hub[Key]> };

const hub = (name: string): fc.Arbitrary<Hub> =>
  fc.record({
    ...constants(aHub(name)),
    state: fc.constantFrom(...hubStates, 'open' as const, 'open' as const),
    weight: fc.integer({ min: 1, max: 1000 }),
    capacity: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(1_000_000)),
    deviceCount: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  });

export const table: fc.Arbitrary<HubTable> = fc
  .uniqueArray(hubName, { maxLength: 12 })
  .chain((names) => fc.tuple(...names.map(hub)))
  .map((hubs) => hubTable(hubs, instant(0)));

const spelled = (name: string) =>
  fc.constantFrom(hostOf(name), hostOf(name).toUpperCase(), hostOf(name).toLowerCase());

export const question: fc.Arbitrary<AllocationQuestion> = fc
  .tuple(
    fc
      .uniqueArray(hubName, { minLength: 1, maxLength: 12 })
      .chain((names) => fc.tuple(...names.map(spelled))),
    fc.option(hubName, { nil: undefined }),
    fc.string({ minLength: 1, maxLength: 40 }),
    fc.constantFrom<ReprovisionPolicy>('migrate', 'reset', 'never'),
    fc.uniqueArray(hubName, { maxLength: 3 }),
  )
  .map(([linkedHubs, current, device, reprovision, inVain]) => ({
    registrationId: registrationId(device),
    linkedHubs,
    currentHub: current === undefined ? undefined : hubHostName(hostOf(current)),
    reprovision,
    facts: someFacts({ registrationId: registrationId(device) }),
    triedInVain: new Set(inVain.map((name) => hubHostName(hostOf(name)))),
    released: undefined,
    isQuarantined: false,
  }));

const regions = ['westeurope', 'eastus'];
const tiers = ['S1', 'S2'];
const tenants = ['a', 'b'];
const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const oneOf = (values: readonly string[]) => fc.constantFrom(...values);

/** Half an hour after the epoch: counts of before are old. */
const now = instant(30 * 60_000);

const richHub = (name: string): fc.Arbitrary<Hub> =>
  fc
    .record({
      plain: hub(name),
      region: some(oneOf(regions)),
      tier: some(oneOf(tiers)),
      tenant: some(oneOf(tenants)),
      joinedAt: some(fc.integer({ min: 0, max: now }).map(instant)),
      intakePerMinuteMax: some(fc.integer({ min: 1, max: 20 })),
    })
    .map(({ plain, tenant, ...rest }) => ({
      ...plain,
      ...rest,
      tags: tenant === undefined ? {} : { tenant },
    }));

const intake = (name: string): fc.Arbitrary<IntakeMinute> =>
  fc.record({
    hub: fc.constant(hubHostName(hostOf(name))),
    minute: fc.integer({ min: 15, max: 30 }),
    answered: fc.integer({ min: 0, max: 30 }),
    confirmed: fc.integer({ min: 0, max: 20 }),
    inVain: fc.integer({ min: 0, max: 20 }),
  });

/** The same with all that a hub may have, and what was counted of it. */
export const richTable: fc.Arbitrary<HubTable> = fc
  .tuple(fc.uniqueArray(hubName, { minLength: 4, maxLength: 12 }), fc.boolean())
  .map(([names, isExileListed]) => (isExileListed ? [...names, 'Exile'] : names))
  .chain((names) =>
    fc.tuple(
      fc.tuple(...names.map(richHub)),
      fc.array(fc.constantFrom(...names).chain(intake), { maxLength: 6 }),
    ),
  )
  .map(([hubs, counted]) => hubTable(hubs, now, counted));

const rule = fc.record(
  {
    when: fc.oneof(
      fc.constant({}),
      fc.record(
        {
          registrationId: fc.constant({ pattern: '[a-m]' }),
          payload: fc.constantFrom({ model: 'pump' }, { model: ['pump', 'fan'] }),
          labels: fc.constant({ tenant: 'a' }),
          region: fc.constant(['westeurope']),
        },
        { requiredKeys: [] },
      ),
    ),
    hubs: fc.uniqueArray(hubName.map(hostOf), { minLength: 1, maxLength: 6 }),
    tags: oneOf(tenants).map((tenant) => ({ tenant })),
    regions: oneOf(regions).map((region) => [region]),
    tiers: oneOf(tiers).map((tier) => [tier]),
    strategy: fc.constantFrom(...strategies),
    quarantine: fc.boolean(),
    continue: fc.boolean(),
    initialTwin: fc.constant({ tags: { from: 'rule' } }),
  },
  { requiredKeys: ['when'] },
);

export const policy: fc.Arbitrary<Policy> = fc
  .record({
    strategy: fc.constantFrom(...strategies),
    rules: fc.array(rule, { maxLength: 4 }),
  })
  .map(({ strategy, rules }) =>
    aPolicy({
      strategy,
      quarantine: hostOf('Exile'),
      rules: rules.map(({ hubs, ...one }, index) => ({
        name: `rule-${index}`,
        ...one,
        ...(hubs || one.strategy === 'static' ? { hubs: hubs ?? [hostOf('Hub-1')] } : {}),
      })),
    }),
  );

/** The same of a device with labels and a payload, perhaps on the move or in quarantine; the quarantine's hub may be linked. */
export const richQuestion: fc.Arbitrary<AllocationQuestion> = fc
  .record({
    plain: question,
    isExileLinked: fc.boolean(),
    released: some(hubName),
    isQuarantined: fc.boolean(),
    payload: fc.constantFrom(undefined, { model: 'pump' }, { model: 'fan' }, 'odd'),
    labels: fc.constantFrom({}, { tenant: 'a' }),
    region: some(oneOf(regions)),
    latencies: fc.dictionary(oneOf(regions), fc.integer({ min: 1, max: 99 })),
  })
  .map(({ plain, isExileLinked, released, isQuarantined, latencies, ...facts }) => ({
    ...plain,
    linkedHubs: isExileLinked ? [...plain.linkedHubs, hostOf('Exile')] : plain.linkedHubs,
    released: released === undefined ? undefined : hubHostName(hostOf(released)),
    isQuarantined,
    facts: { ...plain.facts, ...facts, latencies: new Map(Object.entries(latencies)) },
  }));
