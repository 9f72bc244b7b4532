import type { HubHostName } from '../../shared/domain/hub.ts';
import { spendsOf } from '../../shared/planning/spends.ts';
import { repeat } from '../../test/simulation/virtual-world.ts';
import { aCampaignWorld, minute } from '../../test/support/a-campaign-world.ts';
import { aHub } from '../../test/support/a-hub.ts';
import { host } from '../../test/support/a-move.ts';
import { main } from '../../test/support/a-question.ts';
import { steadyPace } from '../../test/support/steady-pace.ts';
import { column, type Page, type Row, type Table } from '../page.ts';

type Case = {
  readonly tier: 'S1' | 'S2' | 'S3';
  /** Registrations a minute that the DPS takes, and what of them comes by itself, in percent. */
  readonly quota: number;
  readonly organic: number;
  readonly deviceCount: number;
};

/** How moves are sent off: by a campaign, or one after the other, so many a minute. */
type Way = { readonly name: string; readonly perMinute: ((one: Case) => number) | undefined };

const ways: readonly Way[] = [
  { name: 'Rehome', perMinute: undefined },
  { name: 'fixed, the whole quota', perMinute: ({ quota }) => quota },
  { name: 'fixed, half of it', perMinute: ({ quota }) => quota / 2 },
];

const tiers = ['S1', 'S2', 'S3'] as const;
const usual: readonly Case[] = tiers.flatMap((tier) =>
  [0, 20, 60].map((organic) => ({ tier, quota: 1_000, organic, deviceCount: 5_000 })),
);
/** Where Azure's support has raised the quota, a small hub binds. */
const raised: readonly Case[] = tiers.map((tier) => ({
  tier,
  quota: 10_000,
  organic: 20,
  deviceCount: 30_000,
}));

/** How near a drain comes to the quota that binds it, in virtual time, and what was throttled; beside a dispatcher of a fixed rate. */
export const measurePace = async (seed: number): Promise<Page> => ({
  title: 'Pace, of what the quotas leave',
  tables: [
    await table(
      'A DPS of 1,000 registrations a minute, three hubs of one unit, a drain of one wave, its whole minutes; in virtual time',
      usual,
      ways,
      seed,
    ),
    await table('The same where a DPS takes 10,000', raised, ways.slice(0, 1), seed),
  ],
  chart: { table: 0, columns: ['of what is left'] },
});

const table = async (
  title: string,
  cases: readonly Case[],
  among: readonly Way[],
  seed: number,
): Promise<Table> => {
  const rows: Row[] = [];
  for (const one of cases) for (const way of among) rows.push(await rowOf(one, way, seed));
  return {
    title,
    columns: [
      column('left by the quotas', '/min'),
      column('binding', 'count'),
      column('moves', '/min'),
      column('of what is left', '%'),
      column('of the whole quota, with what comes by itself', '%'),
      column('most registrations in a minute', 'count'),
      column('registrations refused', 'count'),
      column('hub calls refused', 'count'),
    ],
    rows,
  };
};

const rowOf = async (one: Case, way: Way, seed: number): Promise<Row> => {
  const { tier, quota, organic, deviceCount } = one;
  const edition = { tier, units: 1 };
  const world = await aCampaignWorld(deviceCount, {
    seed,
    edition,
    registrationsPerMinute: quota,
    organicPercent: Math.min(20, organic),
  });
  registerOrganically(world, one);
  const most = watchMinutes(world);
  const perMinute = way.perMinute?.(one);
  if (perMinute === undefined) {
    const id = await world.begin({ kind: 'drain', hub: east }, { bakeMs: 0, wavePercents: [100] });
    await world.until(id, 'ended', 120 * minute);
  } else {
    await world.run(5 * minute);
    await dispatch(world, deviceCount, perMinute);
  }
  const moved = world.answered.flatMap(({ at, current, hub }) => (hub === current ? [] : [at]));
  const pace = steadyPace(moved);
  const { left, binding } = leftOf(one);
  const hubsRefused = [...world.hubs.values()].reduce(
    (sum, { meter }) => sum + (meter?.refused ?? 0),
    0,
  );
  return {
    name: `${tier}, ${organic} % organic: ${way.name}`,
    cells: [
      left,
      binding,
      pace,
      pace / left,
      binding === 'registrations' ? pace / quota + organic / 100 : undefined,
      most(),
      world.dps.registrationMeter.refused,
      hubsRefused,
    ],
  };
};

type World = Awaited<ReturnType<typeof aCampaignWorld>>;

const east: HubHostName = host('east');

/** Devices of the fleet that register by themselves, as evenly as a large fleet does. */
const registerOrganically = ({ world, radios }: World, { quota, organic }: Case): void => {
  if (organic === 0) return;
  const perMinute = (quota * organic) / 100;
  let next = 0;
  repeat(
    world,
    () => minute / perMinute,
    () => {
      next = (next + 1) % radios.length;
      radios[next]?.register(undefined).catch(() => undefined); // its DPS counts who is refused
    },
  );
};

/** The most that the DPS counted in one of its minutes. */
const watchMinutes = ({ world, dps }: World): (() => number) => {
  let most = 0;
  repeat(
    world,
    () => 500,
    () => {
      most = Math.max(most, dps.registrationMeter.count);
    },
  );
  return () => most;
};

const hourMs = 60 * minute;

/** By hand, each in its turn, whatever comes of those before it. */
const dispatch = async (world: World, deviceCount: number, perMinute: number): Promise<void> => {
  const [app] = world.apps;
  let next = 0;
  const order = {
    scope: main,
    reason: 'a bench',
    campaignId: 'by-hand',
    windowMs: hourMs,
    parkedMs: hourMs,
    jitterSeconds: 0,
    resetAllowed: false,
    unknownAllowed: true,
    yieldsPin: false,
  };
  repeat(
    world.world,
    () => minute / perMinute,
    () => {
      const to = host(next % 2 === 0 ? 'west' : 'north');
      app?.move({ ...order, deviceId: `device-${next}`, to }).catch(() => undefined);
      next += 1;
      return next === deviceCount ? 'done' : undefined;
    },
  );
  await world.run(Math.ceil(deviceCount / perMinute) * minute + 3 * minute);
};

/** The least of what the quotas leave: of the DPS what does not come by itself, and of the hubs what is not left to the fleet. */
const leftOf = ({
  tier,
  quota,
  organic,
}: Case): { readonly left: number; readonly binding: string } => {
  const hub = { ...aHub('east'), tier, units: 1 };
  const ours = 1 - Math.min(20, organic) / 100;
  const out = spendsOf(hub, ours).map(({ what, perMinute, perOut, perIn }) => ({
    what,
    // One hub is left, two are gone to.
    left: Math.min(perMinute / perOut, (2 * perMinute) / perIn),
  }));
  const all = [{ what: 'registrations', left: quota * (1 - organic / 100) }, ...out];
  const least = all.reduce((one, other) => (other.left < one.left ? other : one));
  return { left: least.left, binding: least.what };
};
