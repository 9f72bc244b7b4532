import { useEffect, useRef, useState } from 'preact/hooks';
import UPlot from 'uplot';
import type { CampaignView } from '../../shared/wire/api/campaigns.ts';
import { clock, many } from '../words.ts';
import { Table } from './table.tsx';

type Point = { readonly at: number; readonly moves: number; readonly may: number };

type Props = {
  readonly pace: NonNullable<CampaignView['pace']>;
};

/** An hour, at a look every two seconds. */
const pointsMax = 1_800;
const height = 140;

/** Moves a minute since this page was opened; the table below says the same. */
export const PaceChart = ({ pace }: Props) => {
  const [points, setPoints] = useState<readonly Point[]>([]);
  const { at, perMinute, allowedPerMinute } = pace;
  useEffect(() => {
    const point = { at: Date.parse(at) / 1_000, moves: perMinute, may: allowedPerMinute };
    setPoints((before) =>
      before.at(-1)?.at === point.at ? before : [...before, point].slice(-pointsMax),
    );
  }, [at, perMinute, allowedPerMinute]);
  if (points.length < 2) return null;
  return (
    <>
      <Lines points={points} />
      <details>
        <summary>The same as a table</summary>
        <Table
          of="Moves a minute"
          rows={points.slice(-30).toReversed()}
          keyOf={({ at: when }) => when}
          columns={[
            {
              name: 'At',
              kind: 'head',
              cell: (point) => clock(new Date(1_000 * point.at).toISOString()),
            },
            { name: 'Moves a minute', kind: 'number', cell: ({ moves }) => many(moves) },
            { name: 'May go', kind: 'number', cell: ({ may }) => many(may) },
          ]}
        />
      </details>
    </>
  );
};

const Lines = ({ points }: { readonly points: readonly Point[] }) => {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(undefined);
  useEffect(() => {
    const { current } = box;
    if (!current) return;
    const colours = getComputedStyle(current);
    const ink = colours.getPropertyValue('--ink');
    const grid = { stroke: colours.getPropertyValue('--line') };
    const axis = { stroke: ink, grid, ticks: grid };
    const made = new UPlot(
      {
        width: current.clientWidth,
        height,
        cursor: { show: false },
        legend: { show: false },
        scales: { y: { range: (_chart, _least, most) => [0, Math.max(1, 1.1 * most)] } },
        axes: [
          {
            ...axis,
            values: (_chart, ticks) => ticks.map((at) => clock(new Date(1_000 * at).toISOString())),
          },
          axis,
        ],
        series: [
          {},
          { stroke: colours.getPropertyValue('--busy'), width: 2 },
          { stroke: colours.getPropertyValue('--quiet'), width: 1, dash: [6, 4] },
        ],
      },
      [[], [], []],
      current,
    );
    chart.current = made;
    const fit = new ResizeObserver(() => made.setSize({ width: current.clientWidth, height }));
    fit.observe(current);
    return () => {
      fit.disconnect();
      made.destroy();
    };
  }, []);
  useEffect(() => {
    chart.current?.setData([
      points.map(({ at }) => at),
      points.map(({ moves }) => moves),
      points.map(({ may }) => may),
    ]);
  }, [points]);
  return (
    <figure>
      <div ref={box} class="chart" aria-hidden="true" />
      <figcaption class="legend">Moves a minute; dashed: what may go.</figcaption>
    </figure>
  );
};
