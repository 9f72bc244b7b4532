import type { DecisionView } from '../../shared/wire/api/decisions.ts';
import { useLive } from '../live.ts';
import { usePage } from '../page.ts';
import { Scroll } from '../parts/scroll.tsx';
import { linkTo } from '../place.ts';
import { clock, short } from '../words.ts';

type Page = { readonly decisions: readonly DecisionView[]; readonly isCut: boolean };

/** What DPS was answered in the last ten minutes, where it changed something, live. */
export const Decisions = () => {
  const { scope } = usePage();
  const live = useLive<Page>(`decisions/${scope}`, 2_000);
  const { decisions = [], isCut = false } = live.body ?? {};
  return (
    <section aria-labelledby="decisions">
      <h2 id="decisions">
        Decisions{' '}
        <span class="quiet">
          of the last ten minutes{isCut ? ': 200 of them' : ''}; that a resident stays is none
        </span>
      </h2>
      {live.body && decisions.length === 0 ? <p class="quiet">Nobody was placed.</p> : null}
      {decisions.length > 0 ? (
        <Scroll of="Decisions">
          <table>
            <thead>
              <tr>
                <th scope="col">At</th>
                <th scope="col">Device</th>
                <th scope="col">Was on</th>
                <th scope="col">Answered</th>
                <th scope="col">Because</th>
                <th scope="col">Rules</th>
              </tr>
            </thead>
            <tbody>
              {decisions.map((one) => (
                <tr key={`${one.at} ${one.deviceId}`}>
                  <td>{clock(one.at)}</td>
                  <th scope="row">
                    <a href={linkTo(scope, 'devices', one.deviceId)}>{one.deviceId}</a>
                  </th>
                  <td>{one.from === null ? '–' : short(one.from)}</td>
                  <td>{short(one.hub)}</td>
                  <td>{one.because}</td>
                  <td>{one.rules.join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : null}
    </section>
  );
};
