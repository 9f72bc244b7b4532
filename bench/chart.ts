import { type EChartsOption, init } from 'echarts';
import { type Origin, sayOrigin } from './origin.ts';
import { medianOf, type Page, type Table } from './page.ts';

const [width, rowHeight, frameHeight] = [900, 26, 160];
const lineLength = 120;
/** Without a browser nobody measures text: as wide as a letter is at most. */
const letterWidth = 6.8;

/** A page's chart as SVG: medians alone, and what they are of. */
export const toSvg = (page: Page, origin: Origin): string => {
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width, height: heightOf(page) });
  drawing.setOption(optionOf(page, linesOf(sayOrigin(origin))));
  const svg = drawing.renderToSVGString();
  drawing.dispose();
  // Styles of what a mouse is over, in numbers that count all drawings of a process: the same page is to be the same text.
  const still = svg.replaceAll(/ class="zr[^"]*"/g, '').replaceAll(/<style.*?<\/style>/gs, '');
  return `${still}\n`;
};

const tableOf = ({ title, tables, chart }: Page): Table => {
  const table = tables[chart.table];
  if (!table) throw new RangeError(`${title}: there is no table ${chart.table} to draw`);
  return table;
};

const heightOf = (page: Page): number => {
  const perRow = Math.max(1, page.chart.columns.length * 0.8);
  return frameHeight + rowHeight * tableOf(page).rows.length * perRow;
};

/** As many words a line as fit. */
const linesOf = (text: string): readonly string[] => {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= lineLength) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
};

const optionOf = (page: Page, origin: readonly string[]): EChartsOption => {
  const { title, chart } = page;
  const table = tableOf(page);
  const names = table.rows.map(({ name }) => name);
  const drawn = chart.columns.map((name) => seriesOf(page, table, name));
  const unit = drawn[0]?.unit;
  const told = `${chart.columns.join(', ')}${unit === 'count' ? '' : ` (${unit})`}`;
  return {
    animation: false,
    backgroundColor: '#fff',
    textStyle: { fontFamily: 'sans-serif' },
    title: {
      text: title,
      subtext: [told, ...origin].join('\n'),
      subtextStyle: { lineHeight: 15 },
      left: 'center',
    },
    legend: drawn.length > 1 ? { bottom: 0 } : { show: false },
    grid: {
      left: 16 + letterWidth * Math.max(...names.map((name) => name.length)),
      right: 70,
      top: 100,
      bottom: drawn.length > 1 ? 50 : 30,
    },
    xAxis: chart.isLog ? { type: 'log' } : { type: 'value' },
    yAxis: { type: 'category', data: names, inverse: true },
    series: drawn.map(({ name, data }) => ({
      name,
      type: 'bar',
      data,
      label: { show: true, position: 'right' },
    })),
  };
};

const seriesOf = ({ title }: Page, { columns, rows }: Table, name: string) => {
  const at = columns.findIndex((column) => column.name === name);
  const unit = columns[at]?.unit;
  if (!unit) throw new RangeError(`${title}: there is no column ${name} to draw`);
  const scale = unit === '%' ? 100 : 1;
  const data = rows.map(({ cells }) => {
    const value = medianOf(cells[at]);
    return value === undefined ? '-' : Number((value * scale).toPrecision(3));
  });
  return { name, unit, data };
};
