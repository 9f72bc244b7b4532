import type { CampaignHead } from '../../shared/wire/api/campaigns.ts';
import { usePage } from '../page.ts';
import { linkTo } from '../place.ts';
import { clock, goalText, many } from '../words.ts';
import { Scroll } from './scroll.tsx';
import { State } from './state.tsx';

export const waveName = (wave: number | undefined, waveCount?: number): string =>
  wave === undefined ? '' : waveCount === 1 ? 'one wave' : wave === 0 ? 'canary' : `wave ${wave}`;

export const CampaignList = ({ campaigns }: { readonly campaigns: readonly CampaignHead[] }) => {
  const { scope } = usePage();
  return (
    <Scroll of="Campaigns">
      <table>
        <thead>
          <tr>
            <th scope="col">Campaign</th>
            <th scope="col">State</th>
            <th scope="col">Where</th>
            <th scope="col" class="number">
              Moves
            </th>
            <th scope="col">By</th>
            <th scope="col">Approved</th>
          </tr>
        </thead>
        <tbody>
          {campaigns.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <a href={linkTo(scope, 'campaigns', one.id)}>
                  {one.source.kind === 'rollback' ? 'rollback of ' : ''}
                  {goalText(one.goal)}
                  {one.isDrill ? ' (drill)' : ''}
                </a>
              </th>
              <td>
                <State is={one.outcome ?? one.state} />
              </td>
              <td>
                {waveName(one.wave)} {one.phase ?? ''}
              </td>
              <td class="number">{many(one.moveCount)}</td>
              <td>{one.by}</td>
              <td>{clock(one.approvedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
};
