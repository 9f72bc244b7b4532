import { describe, expect, test } from 'vitest';
import type { Undocumented } from '../../local/dps/undocumented.ts';
import type { Rung } from '../../shared/campaign/ladder.ts';
import { aCampaignWorld, minute } from '../support/a-campaign-world.ts';
import { host } from '../support/a-move.ts';
import { main } from '../support/a-question.ts';

const evacuate = { kind: 'evacuate', hub: host('east') } as const;
const hour = 60 * minute;

/** A hub dies: no links, no answers, and DPS reaches it no more. */
const die = (world: Awaited<ReturnType<typeof aCampaignWorld>>): void => {
  const east = world.hubs.get(host('east'));
  const linked = world.dps.linkedHubs.get(host('east'));
  if (!east || !linked) throw new Error('no east');
  linked.reachable = false;
  east.faults.push({
    matches: () => true,
    count: Number.POSITIVE_INFINITY,
    does: async () => 'dropped',
  });
  for (const { session } of east.devices.values()) session?.close('the hub is dead');
};

const policyOf = ({ dps }: Awaited<ReturnType<typeof aCampaignWorld>>) =>
  dps.enrollments.get('group/fleet')?.reprovisionPolicy;

describe.each<[Undocumented['unreachableSource'], Rung, boolean]>([
  ['assigns anew', 'answer', true],
  ['fails to migrate', 'answer', false],
  ['fails to migrate', 'reset', true],
  ['fails', 'reset', false],
  ['fails', 'delete', true],
])('a dead source, where DPS %s, and the ladder goes to %s', (unreachableSource, ladder, helps) => {
  test(
    helps ? 'the devices arrive on their new hubs' : 'it needs a person, and says so',
    async () => {
      const world = await aCampaignWorld(40, { undocumented: { unreachableSource } });
      die(world);
      await world.run(minute);
      const id = await world.begin(evacuate, { ladder, parkedMs: 6 * hour });
      await world.run(5 * hour);
      const landed = world.on('west') + world.on('north');
      const { log, order, state } = await world.campaign(id);
      expect(order.limits.wavePercents).toEqual([100]);
      if (helps) {
        expect(landed).toBe(40);
        const { l, v, k } = await world.tally(id);
        expect(l + v + k).toBe(40);
        expect(state).toMatchObject({ kind: 'ended', outcome: 'completed' });
        expect(policyOf(world)).toMatchObject({ migrateDeviceData: true }); // as it was
      } else {
        expect(landed).toBe(0);
        expect(log.map(({ what }) => what)).toContain('the ladder goes no further');
      }
      const hub = world.shared.hubTables.latest().hubs.get(host('east'));
      expect(hub?.state).toBe('closed');
      expect(await world.manage.recent(main)).toHaveLength(1);
    },
  );
});
