import { init } from 'echarts';
import { medianOf, type Page } from './page.ts';

const [width, rowHeight, frameHeight] = [900, 26, 130];

/** A page's chart as SVG: medians alone. */
export const toSvg = ({ title, tables, chart }: Page): string => {
  const table = tables[chart.table];
  if (!table) throw new RangeError(`${title}: there is no table ${chart.table} to draw`);
  const series = chart.columns.map((name) => {
    const at = table.columns.findIndex((column) => column.name === name);
    if (at < 0) throw new RangeError(`${title}: there is no column ${name} to draw`);
    return {
      name,
      unit: table.columns[at]?.unit,
      values: table.rows.map(({ cells }) => medianOf(cells[at])),
    };
  });
  const names = table.rows.map(({ name }) => name);
  const isBar = chart.kind === 'bar';
  const unit = series[0]?.unit;
  const scale = unit === '%' ? 100 : 1;
  const values = {
    type: chart.isLog ? ('log' as const) : ('value' as const),
    name: unit === 'count' ? '' : unit,
  };
  const categories = {
    type: 'category' as const,
    data: names,
    inverse: isBar,
    axisLabel: { width: 260, overflow: 'truncate' as const },
  };
  const height = isBar
    ? frameHeight + rowHeight * names.length * Math.max(1, series.length * 0.8)
    : 420;
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width, height });
  drawing.setOption({
    animation: false,
    backgroundColor: '#fff',
    title: { text: title, subtext: table.title, left: 'center' },
    legend: series.length > 1 ? { bottom: 0 } : { show: false },
    grid: { left: 20, right: 70, top: 70, bottom: series.length > 1 ? 40 : 20, containLabel: true },
    xAxis: isBar ? values : categories,
    yAxis: isBar ? categories : values,
    series: series.map(({ name, values: data }) => ({
      name,
      type: chart.kind,
      data: data.map((value) =>
        value === undefined ? '-' : Number((value * scale).toPrecision(4)),
      ),
      label: { show: isBar, position: 'right' },
    })),
  });
  const svg = drawing.renderToSVGString();
  drawing.dispose();
  return `${svg}\n`;
};
