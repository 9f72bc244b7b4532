import { expect, test } from 'vitest';
import { memoryCampaigns } from '../../shared/adapters/memory/campaigns.ts';
import { memoryDeviceRecords } from '../../shared/adapters/memory/device-records.ts';
import { systemDeadline as deadline } from '../../shared/adapters/system/deadline.ts';
import { rollbackIdOf } from '../../shared/campaign/campaign.ts';
import { type Code, newProgress, noted } from '../../shared/campaign/progress.ts';
import { deviceKey } from '../../shared/domain/device.ts';
import { putRows } from '../../shared/flows/prepare-campaign.ts';
import { rowsBack } from '../../shared/flows/rows-back.ts';
import { aCampaign, aCampaignMove, aWave } from '../support/a-campaign.ts';
import { never } from '../support/a-fleet-on-cores.ts';
import { aResident } from '../support/a-plan-of.ts';
import { main } from '../support/a-question.ts';

const beat = async () => undefined;

test('[C5] a rollback takes back all that are there, and stragglers that nobody saw move', async () => {
  const [campaigns, records] = [memoryCampaigns(), memoryDeviceRecords()];
  /** What became of each, and where it was seen since. */
  const fates: readonly (readonly [code: Code, on: 'east' | 'west', goesBack: boolean])[] = [
    ['v', 'west', true],
    ['l', 'west', true],
    ['s', 'east', true], // DPS has moved it, and nobody has heard of it
    ['a', 'west', true], // called off too late
    ['a', 'east', false],
    ['o', 'west', true],
    ['u', 'east', false],
    ['r', 'east', false],
    ['k', 'west', false], // it went by somebody else's word
    ['.', 'west', false],
  ];
  const rows = fates.map((_fate, row) => aCampaignMove(`device-${row}`));
  const { order } = aCampaign();
  const size = { moveCount: rows.length };
  await campaigns.create(aCampaign({ waves: [aWave(size)] }), never);
  await campaigns.putPage(order.id, 0, rows, never);
  const outcomes = fates.map(([code], row) => ({ row, code }));
  const progress = noted(newProgress(rows.length), outcomes);
  await campaigns.writeProgress(order.id, 0, progress, undefined, never);
  for (const [row, [, on]] of fates.entries()) {
    const deviceId = `device-${row}`;
    await records.write(deviceKey(main, deviceId), aResident(deviceId, on), undefined, never);
  }
  const source = { kind: 'rollback', campaignId: order.id } as const;
  const rollback = { ...order, id: rollbackIdOf(order.id, 1), source };
  const ports = { campaigns, records, deadline, beat };
  const back = await rowsBack(ports, rollback, new Set());
  const expected = fates.flatMap(([, , goes], row) => (goes ? [`device-${row}`] : []));
  expect(back.map(({ deviceId }) => deviceId)).toEqual(expected);
  expect(back.map(({ from, to }) => [from, to])).toEqual(expected.map(() => [1, 0]));
  expect(await rowsBack(ports, rollback, new Set(expected))).toEqual([]); // none twice
  // A second attempt takes back those alone that are still there.
  const again = await rowsBack(ports, { ...rollback, id: rollbackIdOf(order.id, 2) }, new Set());
  const left = fates.flatMap(([, on, goes], row) =>
    goes && on === 'west' ? [`device-${row}`] : [],
  );
  expect(again.map(({ deviceId }) => deviceId)).toEqual(left);
});

test('[C1] [R1] who puts a wave again, after a crash, takes the pages as they are: the rest are stragglers', async () => {
  const campaigns = memoryCampaigns();
  const { id } = aCampaign().order;
  const rows = Array.from({ length: 4 }, (_, row) => aCampaignMove(`device-${row}`));
  const first = await putRows({ campaigns, deadline, beat }, id, 0, rows.slice(0, 3));
  const again = await putRows({ campaigns, deadline, beat }, id, 0, rows);
  expect(first).toMatchObject({ pageCount: 1, moveCount: 3 });
  expect(again).toEqual(first);
});
