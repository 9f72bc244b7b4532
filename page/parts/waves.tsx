import type { CampaignView } from '../../shared/wire/api/campaigns.ts';
import { clock, many, percent } from '../words.ts';
import { waveName } from './campaign-list.tsx';
import { State } from './state.tsx';
import { type Column, Table } from './table.tsx';

type Wave = CampaignView['waves'][number];

/** Of hundreds, those around the one that is under way tell most: the others are behind a button. */
const aroundMax = 12;

export const Waves = ({ waves }: { readonly waves: readonly Wave[] }) => {
  const numbered = waves.map((wave, number) => ({ wave, number }));
  const now = Math.max(
    0,
    waves.findIndex(({ isNow }) => isNow),
  );
  const isMany = waves.length > aroundMax;
  const first = Math.max(0, Math.min(now - 4, waves.length - aroundMax));
  const near = isMany ? numbered.slice(first, first + aroundMax) : numbered;
  return (
    <section aria-labelledby="waves">
      <h3 id="waves">Waves</h3>
      {waves.length === 0 ? (
        <p class="quiet">They are being made.</p>
      ) : (
        <WaveTable rows={near} of={waves.length} />
      )}
      {isMany ? (
        <details>
          <summary>All {waves.length} waves</summary>
          <WaveTable rows={numbered} of={waves.length} />
        </details>
      ) : null}
    </section>
  );
};

type Numbered = { readonly wave: Wave; readonly number: number };

const columnsOf = (waveCount: number): readonly Column<Numbered>[] => [
  { name: 'Wave', kind: 'head', cell: ({ number }) => waveName(number, waveCount) },
  { name: 'Moves', kind: 'number', cell: ({ wave }) => many(wave.moves) },
  { name: 'Begun', cell: ({ wave }) => clock(wave.begunAt) },
  { name: 'Ended', cell: ({ wave }) => clock(wave.endedAt) },
  {
    name: 'Gate',
    cell: ({ wave }) =>
      wave.gate ? <State is={wave.gate.ruling} /> : wave.isNow ? 'under way' : '–',
  },
  {
    name: 'What it was judged by',
    cell: ({ wave }) => (wave.gate ? <Measures gate={wave.gate} /> : null),
  },
];

const WaveTable = ({ rows, of }: { readonly rows: readonly Numbered[]; readonly of: number }) => (
  <Table
    of="Waves"
    rows={rows}
    keyOf={({ number }) => number}
    isNow={({ wave }) => wave.isNow}
    columns={columnsOf(of)}
  />
);

const Measures = ({ gate }: { readonly gate: NonNullable<Wave['gate']> }) => (
  <ul class="measures">
    {gate.measures.map(({ what, count, of, limit, ruling }) => (
      <li key={what}>
        <State is={ruling} as={what} /> {many(count)} of {many(of)}, {percent(limit)} at most
      </li>
    ))}
  </ul>
);
