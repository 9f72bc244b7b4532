import type { CampaignView } from '../../shared/wire/api/campaigns.ts';
import { clock, many, percent } from '../words.ts';
import { waveName } from './campaign-list.tsx';
import { Scroll } from './scroll.tsx';
import { State } from './state.tsx';

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
        <Table rows={near} of={waves.length} />
      )}
      {isMany ? (
        <details>
          <summary>All {waves.length} waves</summary>
          <Table rows={numbered} of={waves.length} />
        </details>
      ) : null}
    </section>
  );
};

type Numbered = { readonly wave: Wave; readonly number: number };

const Table = ({ rows, of }: { readonly rows: readonly Numbered[]; readonly of: number }) => (
  <Scroll of="Waves">
    <table>
      <thead>
        <tr>
          <th scope="col">Wave</th>
          <th scope="col" class="number">
            Moves
          </th>
          <th scope="col">Begun</th>
          <th scope="col">Ended</th>
          <th scope="col">Gate</th>
          <th scope="col">What it was judged by</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ wave, number }) => (
          <tr
            key={number}
            class={wave.isNow ? 'now' : ''}
            aria-current={wave.isNow ? 'step' : undefined}
          >
            <th scope="row">{waveName(number, of)}</th>
            <td class="number">{many(wave.moves)}</td>
            <td>{clock(wave.begunAt)}</td>
            <td>{clock(wave.endedAt)}</td>
            <td>{wave.gate ? <State is={wave.gate.ruling} /> : wave.isNow ? 'under way' : '–'}</td>
            <td>{wave.gate ? <Measures gate={wave.gate} /> : null}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
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
