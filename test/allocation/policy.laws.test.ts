import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Allocation,
  type AllocationQuestion,
  allocate,
  allocateUnknown,
} from '../../shared/allocation/allocate.ts';
import { explain } from '../../shared/allocation/explain.ts';
import { placementOf } from '../../shared/allocation/placement.ts';
import type { Roster } from '../../shared/allocation/roster.ts';
import { deciders } from '../../shared/allocation/verdict.ts';
import { type Hub, hubHostName } from '../../shared/domain/hub.ts';
import { hubTable } from '../../shared/domain/hub-table.ts';
import type { Rule } from '../../shared/domain/policy.ts';
import { aRoster, hostOf } from '../support/a-hub.ts';
import { policy, richQuestion, richTable, slackPercent } from '../support/arbitrary-allocation.ts';

/** The laws under any policy, of any device: in quarantine, on the move, with hubs of every kind. */
const roster: fc.Arbitrary<Roster> = fc
  .tuple(richTable, policy, slackPercent)
  .map(([table, given, slack]) => aRoster(table, { policy: given, slackPercent: slack }));

const check = (law: (asked: AllocationQuestion, given: Roster, answer: Allocation) => void) =>
  fc.assert(
    fc.property(richQuestion, roster, (asked, given) => {
      law(asked, given, allocate(asked, given));
    }),
    { numRuns: 2_000 },
  );

const homeOf = ({ linkedHubs, currentHub }: AllocationQuestion): string | undefined =>
  linkedHubs.find((linked) => hubHostName(linked) === currentHub);

const stateOf = (hub: string, { table }: Roster) => table.hubs.get(hubHostName(hub))?.state;

test('[A1] the answer is one of linkedHubs, spelled as it came', () => {
  check(({ linkedHubs }, _given, { hub }) => expect(linkedHubs).toContain(hub));
});

test('[A2] a resident keeps its hub unless that is closed, or its move or its quarantine says otherwise', () => {
  check((asked, given, { hub, because }) => {
    const home = homeOf(asked);
    if (home === undefined || stateOf(home, given) === 'closed' || hub === home) return;
    const target = asked.released !== undefined && hubHostName(hub) === asked.released;
    const exile = asked.isQuarantined && hubHostName(hub) === given.policy.quarantine;
    expect({ target, exile }).not.toEqual({ target: false, exile: false });
    expect(because).toBe(target && !exile ? 'moving' : 'quarantined');
  });
});

/** Written from the law, not from the code. */
const ruleAllows = (hub: Hub | undefined, rules: readonly Rule[]): boolean =>
  rules.every(({ restriction: { hubs, tags, regions, tiers } }) => {
    if (!hub) return false;
    if (hubs && !hubs.includes(hub.hostName)) return false;
    if (tags['tenant'] !== undefined && hub.tags['tenant'] !== tags['tenant']) return false;
    if (regions && !regions.includes(hub.region ?? '')) return false;
    return !tiers || tiers.includes(hub.tier ?? '');
  });

test('[A3] a newcomer is given no hub that a rule forbids, or that takes none, while another may', () => {
  check((asked, given, { hub, because, standing, degraded }) => {
    if (because !== 'newcomer') return;
    const { rules } = placementOf(given.policy, asked.facts);
    const may = (spelled: string): boolean => {
      const known = given.table.hubs.get(hubHostName(spelled));
      return (
        known?.state === 'open' &&
        !((known.deviceCount ?? 0) >= known.capacity) &&
        !asked.triedInVain.has(known.hostName) &&
        hubHostName(spelled) !== given.policy.quarantine &&
        ruleAllows(known, rules)
      );
    };
    if (!asked.linkedHubs.some(may)) return expect(degraded).toBe(true);
    expect(may(hub)).toBe(true);
    expect(['eligible', 'throttled']).toContain(standing);
  });
});

test('[A6] the order of linkedHubs, and of the hub table, is irrelevant', () => {
  check((asked, given, answer) => {
    const { table, policy: same, slackPercent: slack } = given;
    const relisted = hubTable([...table.hubs.values()].toReversed(), table.takenAt);
    const again = aRoster(
      { ...relisted, intakes: table.intakes },
      { policy: same, slackPercent: slack },
    );
    const reordered = { ...asked, linkedHubs: asked.linkedHubs.toReversed() };
    expect(allocate(reordered, again)).toEqual(answer);
  });
});

test('[A7] of a device of which nothing is known but what DPS says, no linked current hub is changed', () => {
  check((asked, given) => {
    const home = homeOf(asked);
    const unknown = { ...asked, isQuarantined: false, released: undefined };
    const answer = allocateUnknown(unknown, given);
    if (home !== undefined) expect(answer.hub).toBe(home);
    expect(answer.degraded).toBe(true);
  });
});

test('[A8] an initial twin goes to newcomers, and under reset with another hub', () => {
  check((asked, _given, { hub, initialTwin }) => {
    if (initialTwin === undefined || asked.currentHub === undefined) return;
    expect(asked.reprovision).toBe('reset');
    expect(hubHostName(hub)).not.toBe(asked.currentHub);
  });
});

test('[A9] under never-reprovision a resident is answered its current hub', () => {
  check((asked, given) => {
    const home = homeOf(asked);
    if (home === undefined) return;
    expect(allocate({ ...asked, reprovision: 'never' }, given).hub).toBe(home);
  });
});

test('[A10] explain names every linked hub with each decider’s verdict, and concludes what the webhook answers', () => {
  check((asked, given, answer) => {
    const explained = explain(asked, given);
    expect(explained.answer).toEqual(answer);
    expect(explained.hubs.map(({ hub }) => hub).toSorted()).toEqual(
      [...new Set(asked.linkedHubs.map(hubHostName))].toSorted(),
    );
    for (const { verdicts } of explained.hubs) {
      expect(verdicts.map(({ decider }) => decider)).toEqual(deciders);
      for (const { because } of verdicts) expect(because.length).toBeGreaterThan(3);
    }
  });
});

test('[A10] a hub is eligible exactly when every decider says yes, but for the bound', () => {
  check((asked, given) => {
    for (const { standing, verdicts } of explain(asked, given).hubs) {
      const against = verdicts.filter(
        ({ says, because }) => says !== 'yes' && !because.includes('its share of'),
      );
      expect(against.length === 0).toBe(standing === 'eligible');
    }
  });
});

test('[A10] a weighted newcomer is answered a hub that nothing speaks against, while there is one', () => {
  check((asked, given, { hub, because, degraded }) => {
    if (because !== 'newcomer' || degraded) return;
    if (placementOf(given.policy, asked.facts).strategy !== 'weighted') return;
    const chosen = explain(asked, given).hubs.find(({ spelled }) => spelled === hub);
    expect(chosen?.verdicts.every(({ says }) => says === 'yes')).toBe(true);
  });
});

test('quarantine’s own hub is what a device in it is answered', () => {
  check((asked, given, { hub }) => {
    const exile = hostOf('Exile');
    if (!asked.isQuarantined || !asked.linkedHubs.includes(exile)) return;
    if (asked.reprovision === 'never' && homeOf(asked) !== undefined) return;
    if (stateOf(exile, given) !== 'closed') expect(hub).toBe(exile);
  });
});

test('[A10] a roster that has answered others answers as a new one', () => {
  const some = fc.array(richQuestion, { minLength: 2, maxLength: 30 });
  const lists = fc.array(fc.nat(), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(
      some,
      lists,
      richTable,
      policy,
      slackPercent,
      (all, borrows, table, given, slack) => {
        const fresh = (): Roster => aRoster(table, { policy: given, slackPercent: slack });
        const used = fresh();
        for (const [index, asked] of all.entries()) {
          // Many bring the same linked hubs as one before: by a list of their own, or in another order.
          const { linkedHubs } = all[(borrows[index] ?? 0) % all.length] ?? asked;
          const again = {
            ...asked,
            linkedHubs: index % 3 ? [...linkedHubs] : linkedHubs.toReversed(),
          };
          expect(allocate(again, used)).toEqual(allocate(again, fresh()));
        }
      },
    ),
    { numRuns: 500 },
  );
});
