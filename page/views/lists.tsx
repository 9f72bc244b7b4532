import type { CampaignHead } from '../../shared/wire/api/campaigns.ts';
import type { PlanView } from '../../shared/wire/api/plans.ts';
import { useLive } from '../live.ts';
import { usePage } from '../page.ts';
import { AskForPlan } from '../parts/ask-for-plan.tsx';
import { CampaignList } from '../parts/campaign-list.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { State } from '../parts/state.tsx';
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
        <Scroll of="Plans">
          <table>
            <thead>
              <tr>
                <th scope="col">Plan</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  Moves
                </th>
                <th scope="col">Why</th>
                <th scope="col">By</th>
                <th scope="col">Asked</th>
              </tr>
            </thead>
            <tbody>
              {plans.map((one) => (
                <tr key={one.id}>
                  <th scope="row">
                    <a href={linkTo(scope, 'plans', one.id)}>{goalText(one.goal)}</a>
                  </th>
                  <td>
                    <State is={one.state} />
                  </td>
                  <td class="number">{one.plan ? many(one.plan.moveCount) : ''}</td>
                  <td>{one.plan?.idle ?? one.because ?? one.reason}</td>
                  <td>{one.by}</td>
                  <td>{clock(one.askedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : null}
    </section>
  );
};
