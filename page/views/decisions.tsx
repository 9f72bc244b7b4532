import type { DecisionView } from '../../shared/wire/api/decisions.ts';
import { useLive } from '../live.ts';
import { usePage } from '../page.ts';
import { Table } from '../parts/table.tsx';
import { linkTo } from '../place.ts';
import { clock, short } from '../words.ts';

type Page = { readonly decisions: readonly DecisionView[]; readonly isCut: boolean };

/** What DPS was answered in the last ten minutes, where it changed something, live. */
export const Decisions = () => {
  const { scope } = usePage();
  const live = useLive<Page>(`decisions/${scope}`, 5_000);
  const { decisions = [], isCut = false } = live.body ?? {};
  return (
    <section aria-labelledby="decisions">
      <h2 id="decisions">
        Decisions{' '}
        <span class="quiet">
          of the last ten minutes{isCut ? ': the newest 200' : ''}; that a resident stays is none
        </span>
      </h2>
      {live.body && decisions.length === 0 ? <p class="quiet">Nobody was placed.</p> : null}
      {decisions.length > 0 ? (
        <Table
          of="Decisions"
          rows={decisions}
          keyOf={({ at, deviceId }) => `${at} ${deviceId}`}
          columns={[
            { name: 'At', cell: ({ at }) => clock(at) },
            {
              name: 'Device',
              kind: 'head',
              cell: ({ deviceId }) => <a href={linkTo(scope, 'devices', deviceId)}>{deviceId}</a>,
            },
            { name: 'Was on', cell: ({ from }) => (from === null ? '–' : short(from)) },
            { name: 'Answered', cell: ({ hub }) => short(hub) },
            { name: 'Because', cell: ({ because }) => because },
            { name: 'Rules', cell: ({ rules }) => rules.join(', ') },
          ]}
        />
      ) : null}
    </section>
  );
};
