import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { toSvg } from '../../bench/chart.ts';
import { sayCell } from '../../bench/page.ts';
import { type Kept, performancePage } from '../../bench/performance-page.ts';
import { rootFolder } from '../support/source.ts';

/** What docs/performance.md says, against what was measured. */

const folder = path.join(rootFolder, 'docs/performance');
const text = await readFile(path.join(rootFolder, 'docs/performance.md'), 'utf8');
const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'));

test('the page is made of what was measured', async () => {
  expect(await performancePage(text, folder)).toBe(text);
});

test.each(files)('%s is on the page, and its chart is of its figures', async (file) => {
  const name = file.replace('.json', '');
  expect(text).toContain(`<!-- bench ${name} -->`);
  const kept: Kept = JSON.parse(await readFile(path.join(folder, file), 'utf8'));
  expect(await readFile(path.join(folder, `${name}.svg`), 'utf8')).toBe(toSvg(kept, kept.origin));
});

test('a figure that was changed by hand is found', async () => {
  const tampered = text.replace(
    /(?<before><!-- bench .*?\| )(?:\d[\d,.]*)(?<unit>×|\/s| ms)/s,
    '$<before>9,999,999$<unit>',
  );
  expect(tampered).not.toBe(text);
  expect(await performancePage(tampered, folder)).toBe(text);
});

test('figures are told with three digits, and small ones are not nothing', () => {
  expect(sayCell({ median: 258_041.4, least: 187_254, most: 264_433 }, '/s')).toBe(
    '258,041/s (187,254–264,433)',
  );
  expect([0.97321, 0.0048, 12.34].map((share) => sayCell(share, '%'))).toEqual([
    '97.3 %',
    '0.48 %',
    '1,234 %',
  ]);
  expect([0.0048, 1, 0.5].map((ratio) => sayCell(ratio, '×'))).toEqual(['0.0048×', '1×', '0.5×']);
  expect([sayCell(undefined, 'ms'), sayCell(3, 'count')]).toEqual(['–', '3']);
});
