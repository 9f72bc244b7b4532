import type { CampaignHead } from '../../shared/wire/api/campaigns.ts';
import { usePage } from '../page.ts';
import { linkTo } from '../place.ts';
import { clock, goalText, many } from '../words.ts';
import { State } from './state.tsx';
import { Table } from './table.tsx';

export const waveName = (wave: number | undefined, waveCount?: number): string =>
  wave === undefined ? '' : waveCount === 1 ? 'one wave' : wave === 0 ? 'canary' : `wave ${wave}`;

export const CampaignList = ({ campaigns }: { readonly campaigns: readonly CampaignHead[] }) => {
  const { scope } = usePage();
  return (
    <Table
      of="Campaigns"
      rows={campaigns}
      keyOf={({ id }) => id}
      columns={[
        {
          name: 'Campaign',
          kind: 'head',
          cell: ({ id, source, goal, isDrill }) => (
            <a href={linkTo(scope, 'campaigns', id)}>
              {source.kind === 'rollback' ? 'rollback of ' : ''}
              {goalText(goal)}
              {isDrill ? ' (drill)' : ''}
            </a>
          ),
        },
        { name: 'State', cell: ({ outcome, state }) => <State is={outcome ?? state} /> },
        { name: 'Where', cell: ({ wave, phase }) => `${waveName(wave)} ${phase ?? ''}` },
        { name: 'Moves', kind: 'number', cell: ({ moveCount }) => many(moveCount) },
        { name: 'By', cell: ({ by }) => by },
        { name: 'Approved', cell: ({ approvedAt }) => clock(approvedAt) },
      ]}
    />
  );
};
