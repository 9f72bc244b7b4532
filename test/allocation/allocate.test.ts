import { describe, expect, test } from 'vitest';
import {
  type AllocationQuestion,
  allocate,
  type Because,
} from '../../shared/allocation/allocate.ts';
import type { Standing } from '../../shared/allocation/standing.ts';
import { hubStates } from '../../shared/domain/hub.ts';
import type { HubTable } from '../../shared/domain/hub-table.ts';
import { aHub, aRoster, aTable, hostOf } from '../support/a-hub.ts';
import { aQuestion } from '../support/a-question.ts';

/** given(facts).when(question).yields(answer) */
const given = (table: HubTable) => ({
  when: (asked: AllocationQuestion) => ({
    yields: (hub: string, because: Because, standing: Standing = 'eligible', degraded = false) =>
      expect(allocate(asked, aRoster(table))).toMatchObject({
        hub: hostOf(hub),
        because,
        standing,
        degraded,
      }),
  }),
});

const linked = ['east', 'west'];

describe('a resident', () => {
  test.each(['open', 'cordoned', 'draining'] as const)(
    '[A2] keeps its hub while that is %s',
    (state) => {
      given(aTable(aHub('east', { state }), aHub('west')))
        .when(aQuestion({ linked, current: 'east' }))
        .yields('east', 'resident', state === 'open' ? 'eligible' : state);
    },
  );

  test('[A2] keeps its hub when that is full, past its share, or not in the hub table', () => {
    given(aTable(aHub('east', { capacity: 10, deviceCount: 10 }), aHub('west', { deviceCount: 0 })))
      .when(aQuestion({ linked, current: 'east' }))
      .yields('east', 'resident', 'full');
    given(aTable(aHub('east', { deviceCount: 900 }), aHub('west', { deviceCount: 0 })))
      .when(aQuestion({ linked, current: 'east' }))
      .yields('east', 'resident');
    given(aTable(aHub('west')))
      .when(aQuestion({ linked, current: 'east' }))
      .yields('east', 'resident', 'unlisted');
  });

  test('[A2] leaves a closed hub, and only that', () => {
    given(aTable(aHub('east', { state: 'closed' }), aHub('west')))
      .when(aQuestion({ linked, current: 'east' }))
      .yields('west', 'closed');
  });

  test('[A2] of a closed hub stays while every linked hub is closed', () => {
    for (const current of linked) {
      given(aTable(aHub('east', { state: 'closed' }), aHub('west', { state: 'closed' })))
        .when(aQuestion({ linked, current }))
        .yields(current, 'closed', 'closed', true);
    }
  });

  test('[A1] of a hub that is no longer linked is placed among those that are', () => {
    given(aTable(aHub('east'), aHub('west')))
      .when(aQuestion({ linked: ['west'], current: 'east' }))
      .yields('west', 'unlinked');
  });

  test.each(hubStates)('[A9] stays under never-reprovision while its hub is %s', (state) => {
    given(aTable(aHub('east', { state }), aHub('west')))
      .when(aQuestion({ linked, current: 'east', reprovision: 'never' }))
      .yields('east', 'never-reprovision', state === 'open' ? 'eligible' : state);
  });
});

describe('a newcomer', () => {
  test.each(['cordoned', 'draining', 'closed'] as const)(
    '[A3] is never given a %s hub while another may',
    (state) => {
      for (let device = 0; device < 50; device += 1) {
        given(aTable(aHub('east', { state }), aHub('west')))
          .when(aQuestion({ device: `device-${device}`, linked }))
          .yields('west', 'newcomer');
      }
    },
  );

  test('[A3] is given no hub of its capacity, and none that the table does not list, while another may', () => {
    given(aTable(aHub('east', { capacity: 5, deviceCount: 5 }), aHub('west')))
      .when(aQuestion({ linked: [...linked, 'north'] }))
      .yields('west', 'newcomer');
  });

  test('[A3] takes the least bad hub as a last resort, flagged', () => {
    const table = aTable(
      aHub('full', { capacity: 5, deviceCount: 5 }),
      aHub('fuller', { capacity: 5, deviceCount: 6 }),
      ...(['cordoned', 'draining', 'closed'] as const).map((state) => aHub(state, { state })),
    );
    const ladder = ['full', 'fuller', 'unlisted', 'cordoned', 'draining', 'closed'];
    for (const [rung, best] of ladder.entries()) {
      given(table)
        .when(aQuestion({ linked: ladder.slice(rung).toReversed() }))
        .yields(best, 'newcomer', best === 'fuller' ? 'full' : (best as Standing), true);
    }
  });

  test('passes over a hub that it was answered in vain, while there is another', () => {
    const table = aTable(aHub('east'), aHub('west'), aHub('north', { state: 'cordoned' }));
    const asked = { linked: ['east', 'west', 'north'] };
    given(table)
      .when(aQuestion({ ...asked, inVain: ['east'] }))
      .yields('west', 'newcomer');
    given(table)
      .when(aQuestion({ ...asked, inVain: ['west'] }))
      .yields('east', 'newcomer');
    const { hub, standing } = allocate(
      aQuestion({ ...asked, inVain: ['east', 'west'] }),
      aRoster(table),
    );
    expect([['east', 'west'].map(hostOf), standing]).toEqual([
      expect.arrayContaining([hub]),
      'unconfirmed',
    ]);
  });

  test('with an empty table is still answered, flagged', () => {
    const { because, standing, degraded } = allocate(aQuestion({ linked }), aRoster(aTable()));
    expect({ because, standing, degraded }).toEqual({
      because: 'newcomer',
      standing: 'unlisted',
      degraded: true,
    });
  });

  test('[A1] is answered the spelling that came, whatever the case', () => {
    const asked = { ...aQuestion({ linked: [] }), linkedHubs: ['PVDemo-IoTHub.azure-devices.net'] };
    expect(allocate(asked, aRoster(aTable(aHub('pvdemo-iothub'))))).toMatchObject({
      hub: 'PVDemo-IoTHub.azure-devices.net',
      degraded: false,
    });
  });
});

describe('the valve of a move', () => {
  const moving = aQuestion({ linked, current: 'east', released: 'west' });

  test.each(['open', 'cordoned', 'draining', 'closed'] as const)(
    '[A2] lets its device out of a hub that is %s',
    (state) => {
      given(aTable(aHub('east', { state }), aHub('west')))
        .when(moving)
        .yields('west', 'moving');
    },
  );

  test.each([
    { state: 'cordoned' },
    { state: 'draining' },
    { state: 'closed' },
    { capacity: 1, deviceCount: 1 },
  ] as const)('[A2] holds it while the target is %o', (but) => {
    given(aTable(aHub('east'), aHub('west', but)))
      .when(moving)
      .yields('east', 'held');
  });

  test('[A2] holds it while the target is not linked, or not listed', () => {
    const table = aTable(aHub('east'), aHub('west'));
    given(table)
      .when(aQuestion({ linked: ['east'], current: 'east', released: 'west' }))
      .yields('east', 'resident');
    given(aTable(aHub('east')))
      .when(moving)
      .yields('east', 'held');
  });

  test('a device that is on its target already is a resident there', () => {
    given(aTable(aHub('east'), aHub('west')))
      .when(aQuestion({ linked, current: 'west', released: 'west' }))
      .yields('west', 'resident');
  });

  test('[A9] never-reprovision stands before it', () => {
    given(aTable(aHub('east'), aHub('west')))
      .when(aQuestion({ linked, current: 'east', released: 'west', reprovision: 'never' }))
      .yields('east', 'never-reprovision');
  });

  test('a target that the device was tried on in vain before is its target all the same', () => {
    given(aTable(aHub('east'), aHub('west')))
      .when(aQuestion({ linked, current: 'east', released: 'west', inVain: ['west'] }))
      .yields('west', 'moving');
  });
});
