import { describe, expect, test } from 'vitest';
import { memoryCauses } from '../../shared/adapters/memory/campaigns.ts';
import { withFailure } from '../../shared/campaign/breaker.ts';
import type { CampaignState } from '../../shared/campaign/campaign.ts';
import { campaignLimits } from '../../shared/campaign/campaign-limits.ts';
import { type DeviceRecord, deviceKey, newDeviceRecord } from '../../shared/domain/device.ts';
import type { Hub } from '../../shared/domain/hub.ts';
import { type Instant, instant } from '../../shared/domain/instant.ts';
import { changeHub } from '../../shared/flows/change-hub.ts';
import { countHubs } from '../../shared/flows/count-hubs.ts';
import { findCauses, pastItsDay } from '../../shared/flows/find-cause.ts';
import { type HubSignal, heeded } from '../../shared/flows/heed-hub.ts';
import { makePlan } from '../../shared/flows/make-plan.ts';
import { manageCampaigns } from '../../shared/flows/manage-campaigns.ts';
import { managePlans } from '../../shared/flows/manage-plans.ts';
import { markCause } from '../../shared/flows/mark-cause.ts';
import { rebalance } from '../../shared/flows/rebalance.ts';
import { claimTaken, labelledBy, takeLabels } from '../../shared/flows/take-labels.ts';
import { type Goal, planLimits } from '../../shared/planning/goal.ts';
import { aCampaign } from '../support/a-campaign.ts';
import { aFleetOnCores, never } from '../support/a-fleet-on-cores.ts';
import { aHub, aTable } from '../support/a-hub.ts';
import { host } from '../support/a-move.ts';
import { aResident, paceLimits } from '../support/a-plan-of.ts';
import { main } from '../support/a-question.ts';
import { anEnrollment } from '../support/a-request.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('what Azure says of a hub', () => {
  const hub = aHub('east', {
    daily: {
      messageCountMax: 400_000,
      perDevice: 10,
      messageCount: undefined,
      measuredAt: undefined,
    },
  });
  const says = (kind: HubSignal['kind'], at: number): HubSignal =>
    ({ kind, hub: hub.hostName, at: instant(at) }) as HubSignal;
  const told = (...signals: readonly HubSignal[]): Hub => signals.reduce(heeded, hub);

  test('the newest holds, in whatever order it comes, and doubled is once', () => {
    const [ill, well] = [says('unhealthy', 1), says('healthy', 2)];
    expect(told(ill).trouble).toEqual({ kind: 'unhealthy', since: 1 });
    const once = told(ill);
    expect(heeded(once, ill)).toBe(once); // nothing is written
    expect(told(well, ill).trouble).toBeUndefined();
    expect(told(ill, well).trouble).toBeUndefined();
    expect(told(ill, well, ill).trouble).toBeUndefined();
    expect(told(ill, says('unhealthy', 9)).trouble?.since).toBe(1); // since when it is ill
  });

  test('the messages of today are measured, where the quota is known', () => {
    const used = (count: number, at: number): HubSignal => ({
      kind: 'messages',
      hub: hub.hostName,
      count,
      at: instant(at),
    });
    expect(told(used(5, 10), used(3, 9)).daily).toMatchObject({ messageCount: 5, measuredAt: 10 });
    expect(heeded(aHub('west'), used(5, 10))).toEqual(aHub('west'));
  });

  test('a change that says its edition is taken over', () => {
    const changed = { kind: 'changed', hub: hub.hostName, at: instant(1) } as const;
    expect(told({ ...changed, tier: 'S2', units: 4 })).toMatchObject({ tier: 'S2', units: 4 });
    expect(told({ ...changed, tier: undefined, units: undefined })).toBe(hub);
  });
});

describe('a hub that will not come through the day', () => {
  const day = (share: number): Instant => instant(10 * 24 * hour + share * 24 * hour);
  const used = (messageCount: number, measuredAt: Instant) =>
    aHub('east', {
      deviceCount: 1_000,
      daily: { messageCountMax: 400_000, perDevice: 10, messageCount, measuredAt },
    });
  test.each([
    ['half of it used at noon is fine … but on its way to all of it', 200_000, 0.5, 250],
    ['a third used at noon', 130_000, 0.5, 0],
    ['all of it used at noon', 400_000, 0.5, 625],
    ['a day that has only begun', 100_000, 0.05, 0],
  ])('%s', (_name, count, share, excess) => {
    expect(pastItsDay(used(count, day(share)), day(share))).toBe(excess);
  });
  test('what was measured yesterday says nothing of today', () => {
    expect(pastItsDay(used(400_000, day(0.5)), day(1.5))).toBe(0);
  });
});

describe('what a device says of itself', () => {
  const record: DeviceRecord = {
    ...newDeviceRecord(main, 'pump-7'),
    labels: { country: 'ch' },
  };
  const says = (country: string | null, from = record, at = 0) =>
    labelledBy(from, { by: 'device', labels: { country } }, instant(at));

  test('counts once it has said so for half an hour; now this, now that, counts never', () => {
    const claimed = says('de');
    expect(claimed.labels).toEqual({ country: 'ch' });
    expect(claimed.claimed?.nextAt).toBe(30 * minute);
    expect(says('de', claimed, 10 * minute)).toBe(claimed); // said again
    expect(says('fr', claimed, 10 * minute).claimed?.nextAt).toBe(40 * minute);
    expect(says('ch', claimed, 10 * minute).claimed).toBeUndefined(); // back where it was
    expect(claimTaken(claimed)).toMatchObject({ labels: { country: 'de' }, claimed: undefined });
    expect(claimTaken(says(null)).labels).toEqual({});
  });

  test('what operators write into its twin counts at once', () => {
    const told = labelledBy(
      record,
      { by: 'operators', labels: { country: 'de', site: 'a' } },
      instant(0),
    );
    expect(told.labels).toEqual({ country: 'de', site: 'a' });
    expect(labelledBy(told, { by: 'operators', labels: { country: 'de' } }, instant(1))).toBe(told);
  });
});

describe('what makes Rehome act, in its order', () => {
  const aWorld = (hubs: readonly Hub[]) => {
    const fleet = aFleetOnCores(hubs);
    const find = async (recent: Parameters<typeof findCauses>[3] = []) => {
      const table = aTable(...hubs);
      const [first] = await findCauses(
        fleet.ports,
        main,
        { table, silent: [] },
        recent,
        planLimits,
      );
      return first;
    };
    return { fleet, find };
  };
  const now = 1_700_000_000_000;
  const long = instant(now - 31 * minute);
  const ill = { kind: 'unhealthy', since: long } as const;
  const full = { deviceCount: 10_000, capacity: 20_000 };
  const empty = { deviceCount: 10_000, capacity: 20_000 };

  test('a hub that Azure calls ill, and that gives no answer, both for half an hour, is evacuated', async () => {
    const dead = aHub('east', { ...full, trouble: ill, silentSince: long });
    expect(await aWorld([dead, aHub('west', empty)]).find()).toMatchObject({
      goal: { kind: 'evacuate', hub: host('east') },
    });
  });

  test.each([
    ['it answers', { trouble: ill }],
    ['Azure says nothing', { silentSince: long }],
    ['it is silent for a short while', { trouble: ill, silentSince: instant(now - 29 * minute) }],
    [
      'it is ill for a short while',
      { trouble: { ...ill, since: instant(now - 29 * minute) }, silentSince: long },
    ],
    ['nobody lives on it', { trouble: ill, silentSince: long, deviceCount: 0 }],
  ] as readonly [string, Partial<Hub>][])('one sign alone moves nobody: %s', async (_name, but) => {
    const { find } = aWorld([
      aHub('east', { ...full, ...but }),
      aHub('west', { deviceCount: but.deviceCount ?? 10_000 }),
    ]);
    expect((await find())?.goal.kind).not.toBe('evacuate');
  });

  test('labels or a policy that changed are planned once, and again when they change again', async () => {
    const { fleet, find } = aWorld([aHub('east', full), aHub('west', empty)]);
    const mark = markCause(fleet.ports);
    expect(await find()).toBeUndefined();
    await mark([main], 'a label of pump-7');
    expect(await find()).toMatchObject({ goal: { kind: 'relocate' }, reason: 'a label of pump-7' });
    const plans = managePlans({ ...fleet.ports, begin: () => undefined });
    fleet.time.now += minute; // what changed within a minute has left no mark of its own
    await plans.ask(main, { kind: 'relocate' }, planLimits, 'so', 'rebalance');
    const recent = await fleet.ports.plans.recent(10, never);
    expect(await find(recent)).toBeUndefined();
    fleet.time.now += 2 * minute;
    await mark([main], 'another label');
    expect(await find(recent)).toMatchObject({ reason: 'another label' });
  });

  test('a relocation that the churn has cut short is planned on, until all of it is', async () => {
    const { fleet, find } = aWorld([aHub('east', full), aHub('west', empty)]);
    await markCause(fleet.ports)([main], 'a label of pump-7');
    const plans = managePlans({ ...fleet.ports, begin: () => undefined });
    fleet.time.now += minute;
    await plans.ask(main, { kind: 'relocate' }, planLimits, 'so', 'rebalance');
    const [asked] = await fleet.ports.plans.recent(10, never);
    const made = (postponed: number) =>
      ({ ...asked, state: { kind: 'made', plan: { moveCount: 5, postponed } } }) as never;
    expect(await find([made(3)])).toMatchObject({ goal: { kind: 'relocate' } });
    expect(await find([made(0)])).toBeUndefined();
  });

  test('[R1] a label is marked before it is written: a crash between the two loses no plan', async () => {
    const { fleet } = aWorld([aHub('east', full)]);
    const { records } = fleet.ports;
    const key = deviceKey(main, 'pump-7');
    await records.write(key, aResident('pump-7', 'east'), undefined, never);
    const written: string[] = [];
    const ports = {
      ...fleet.ports,
      markCause: async () => void written.push('mark'),
      records: {
        ...records,
        write: async (...given: Parameters<typeof records.write>) => {
          written.push('record');
          return records.write(...given);
        },
      },
    };
    const take = takeLabels(new Set([main]), ports);
    const told = { deviceId: 'pump-7', by: 'operators', labels: { site: 'north' } } as const;
    await take([told]);
    await take([told]); // doubled: it says nothing new
    expect(written).toEqual(['mark', 'record']);
  });

  test('a thousand labels are one mark', async () => {
    const { fleet } = aWorld([aHub('east', full)]);
    const causes = memoryCauses();
    let writes = 0;
    const counting = {
      ...causes,
      write: (...given: Parameters<typeof causes.write>) => {
        writes += 1;
        return causes.write(...given);
      },
    };
    const mark = markCause({ ...fleet.ports, causes: counting });
    for (let label = 0; label < 1_000; label += 1) await mark([main], `label ${label}`);
    expect(writes).toBe(1);
  });
});

describe('the dial', () => {
  const aFleet = async () => {
    const fleet = aFleetOnCores();
    const { ports } = fleet;
    await ports.enrollments.learn(main, anEnrollment(), never);
    for (let index = 0; index < 600; index += 1) {
      const [hub, deviceId] = ['east', `east-${index}`];
      fleet.add(deviceId, hub);
      await ports.records.write(
        deviceKey(main, deviceId),
        aResident(deviceId, hub),
        undefined,
        never,
      );
    }
    const plans = managePlans({ ...ports, begin: () => undefined });
    const make = makePlan(ports, paceLimits);
    const turn = (dial: Parameters<typeof rebalance>[1]['dial']) =>
      rebalance(
        {
          ...ports,
          managePlans: plans,
          manageCampaigns: manageCampaigns(ports),
          countHubs: countHubs(ports),
          begin: () => undefined,
        },
        {
          scopes: new Set([main]),
          dial,
          limits: planLimits,
          againMs: hour,
          churnPercent: 100,
          campaignLimits,
        },
      )();
    /** Plans, and looks again once that is made. */
    const act = async (dial: Parameters<typeof turn>[0]) => {
      const { proposed } = await turn(dial);
      for (const { id } of proposed) await make(id);
      return { ...(await turn(dial)), proposed };
    };
    return { fleet, act };
  };

  test.each([
    ['off', 0, 0],
    ['observe', 0, 0],
    ['propose', 1, 0],
    ['canary', 1, 1],
    ['auto', 1, 1],
  ] as const)('%s', async (dial, plans, campaigns) => {
    const { fleet, act } = await aFleet();
    const { proposed } = await act(dial);
    expect(proposed).toHaveLength(plans);
    const active = await fleet.ports.campaigns.active(never);
    expect(active).toHaveLength(campaigns);
    for (const { campaign } of active) {
      expect(campaign.order.by).toBe(`the dial: ${dial}`);
      expect(campaign.order.limits).toMatchObject({
        isCanaryOnly: dial === 'canary',
        onFail: 'rollback',
      });
    }
    await act(dial); // one at a time
    expect(await fleet.ports.campaigns.active(never)).toHaveLength(campaigns);
  });

  /** As a person's campaign, of another plan. */
  const another = (goal: Goal, state: CampaignState) => {
    const { order } = aCampaign();
    return aCampaign({ order: { ...order, id: 'c-0000000000000000aaaa', goal }, state });
  };
  const moving = { wave: 0, phase: { kind: 'moving', since: instant(0) } } as const;
  const waiting = { wave: 0, phase: { kind: 'waiting', since: instant(0) } } as const;
  const elsewhere = { kind: 'drain', hub: host('west') } as const;

  test.each([
    ['one that is held', { kind: 'held', because: 'a gate', ...moving }, 0],
    ['one that only waits for devices to wake', { kind: 'running', ...waiting }, 1],
  ] as const)('what it plans, and %s', async (_name, state, begun) => {
    const { fleet, act } = await aFleet();
    await fleet.ports.campaigns.create(another(elsewhere, state), never);
    await act('auto');
    expect(await fleet.ports.campaigns.active(never)).toHaveLength(1 + begun);
  });

  test.each([
    ['a drain that is held', elsewhere, 1],
    ['its own evacuation', { kind: 'evacuate', hub: host('east') }, 0],
  ] as const)('a dead hub, and %s', async (_name, goal, begun) => {
    const { fleet, act } = await aFleet();
    const { ports } = fleet;
    const long = instant(ports.clock.now() - hour);
    await changeHub(ports.hubDocuments, ports.deadline, host('east'), (hub) => ({
      ...hub,
      deviceCount: 600,
      trouble: { kind: 'unhealthy', since: long },
      silentSince: long,
      silentAt: ports.clock.now(),
    }));
    fleet.coreOf('east').isDead = true;
    await ports.campaigns.create(
      another(goal, { kind: 'held', because: 'a gate', ...moving }),
      never,
    );
    const { proposed } = await act('auto');
    expect(proposed.map(({ goal: { kind } }) => kind)).toEqual(['evacuate']);
    expect(await ports.campaigns.active(never)).toHaveLength(1 + begun);
  });

  test('[C7] the breaker has the last word', async () => {
    const { fleet, act } = await aFleet();
    const { breakers, clock } = fleet.ports;
    const { value, version } = await breakers.read(never);
    const failed = ['c-1', 'c-2'].reduce(
      (breaker, id) => withFailure(breaker, id, clock.now()),
      value,
    );
    await breakers.write(failed, version, never);
    const { proposed, approved } = await act('auto');
    expect(proposed).toHaveLength(1);
    expect(approved).toBeUndefined();
    expect(await fleet.ports.campaigns.active(never)).toEqual([]);
  });
});
