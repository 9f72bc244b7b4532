import type { CampaignHead } from '../../shared/wire/api/campaigns.ts';
import type { PlanView } from '../../shared/wire/api/plans.ts';
import { useLive } from '../live.ts';
import { usePage } from '../page.ts';
import { AskForPlan } from '../parts/ask-for-plan.tsx';
import { CampaignList } from '../parts/campaign-list.tsx';
import { State } from '../parts/state.tsx';
import { Table } from '../parts/table.tsx';
import { linkTo } from '../place.ts';
import { clock, goalText, many } from '../words.ts';

export const Campaigns = () => {
  const { scope } = usePage();
  const live = useLive<{ readonly campaigns: readonly CampaignHead[] }>(
    `campaigns/${scope}`,
    3_000,
  );
  const campaigns = live.body?.campaigns;
  return (
    <section aria-labelledby="campaigns">
      <h2 id="campaigns">Campaigns</h2>
      {campaigns === undefined ? <p class="quiet">They are being asked for …</p> : null}
      {campaigns?.length === 0 ? <p class="quiet">No plan was approved yet.</p> : null}
      {campaigns && campaigns.length > 0 ? <CampaignList campaigns={campaigns} /> : null}
    </section>
  );
};

export const Plans = () => {
  const { scope } = usePage();
  const live = useLive<{ readonly plans: readonly PlanView[] }>(`plans/${scope}`, 3_000);
  const plans = live.body?.plans;
  return (
    <section aria-labelledby="plans">
      <div class="heading">
        <h2 id="plans">Plans</h2>
        <AskForPlan />
      </div>
      {plans === undefined ? <p class="quiet">They are being asked for …</p> : null}
      {plans?.length === 0 ? <p class="quiet">No plan was asked for yet.</p> : null}
      {plans && plans.length > 0 ? (
        <Table
          of="Plans"
          rows={plans}
          keyOf={({ id }) => id}
          columns={[
            {
              name: 'Plan',
              kind: 'head',
              cell: ({ id, goal, isDrill }) => (
                <a href={linkTo(scope, 'plans', id)}>
                  {goalText(goal)}
                  {isDrill ? ' (drill)' : ''}
                </a>
              ),
            },
            { name: 'State', cell: ({ state }) => <State is={state} /> },
            {
              name: 'Moves',
              kind: 'number',
              cell: ({ plan }) => (plan ? many(plan.moveCount) : ''),
            },
            { name: 'Why', cell: ({ plan, because, reason }) => plan?.idle ?? because ?? reason },
            { name: 'By', cell: ({ by }) => by },
            { name: 'Asked', cell: ({ askedAt }) => clock(askedAt) },
          ]}
        />
      ) : null}
    </section>
  );
};
