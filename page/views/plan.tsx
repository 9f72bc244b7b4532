import { useState } from 'preact/hooks';
import type { CampaignHead } from '../../shared/wire/api/campaigns.ts';
import type { MadeView, PlanView } from '../../shared/wire/api/plans.ts';
import { ask, once } from '../api.ts';
import { useLive } from '../live.ts';
import { usePage } from '../page.ts';
import { Bar } from '../parts/bar.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { State } from '../parts/state.tsx';
import { goTo } from '../place.ts';
import { clock, counted, duration, goalText, many, percent, short } from '../words.ts';

/** One plan: what it comes to, before anything begins; and the way to carry it out. */
export const Plan = ({ id }: { readonly id: string }) => {
  const { scope } = usePage();
  const live = useLive<PlanView>(`plans/${scope}/${encodeURIComponent(id)}`, 2_000);
  const view = live.body;
  if (!view) return <p class="quiet">{live.fault ?? 'The plan is being asked for …'}</p>;
  return (
    <article>
      <h2>
        Plan: {view.isDrill ? 'drill, ' : ''}
        {goalText(view.goal)} <State is={view.state} />
      </h2>
      <p class="quiet">
        {view.reason}; asked by {view.by}, {clock(view.askedAt)}; {view.id}
      </p>
      {view.state === 'failed' ? <p class="fault">It cannot be made: {view.because}</p> : null}
      {view.state === 'asked' || view.state === 'planning' ? (
        <p role="status">
          It is being made{view.devicesRead ? `: ${many(view.devicesRead)} devices read` : ''} …
        </p>
      ) : null}
      {view.plan ? <Made view={view} plan={view.plan} /> : null}
    </article>
  );
};

type MadeProps = { readonly view: PlanView; readonly plan: MadeView };

const Made = ({ view, plan }: MadeProps) => (
  <>
    <Summary view={view} plan={plan} />
    <CarryOut view={view} plan={plan} />
    <BeforeAndAfter plan={plan} />
    {plan.advice.length > 0 ? (
      <section aria-labelledby="know">
        <h3 id="know">To know first</h3>
        <ul>
          {plan.advice.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      </section>
    ) : null}
    {plan.refusalCount > 0 ? (
      <section aria-labelledby="alone">
        <h3 id="alone">{counted(plan.refusalCount, 'device')} left alone</h3>
        <ul>
          {plan.reasons.map(({ because, count }) => (
            <li key={because}>
              {many(count)}: {because}
            </li>
          ))}
        </ul>
      </section>
    ) : null}
  </>
);

const Summary = ({ view, plan }: MadeProps) => {
  const { moveCount, lowerBound, gap, churn, imbalance, pace, waves } = plan;
  const binding = pace.constraints[0];
  return (
    <dl class="facts">
      <dt>Moves</dt>
      <dd>
        <strong>{many(moveCount)}</strong>{' '}
        {gap === 0
          ? `the fewest that there can be (by ${lowerBound.by})`
          : `${many(gap)} more than the bound of ${many(lowerBound.moves)}`}
        ; {percent(churn)} of the fleet
      </dd>
      {plan.idle === null ? null : (
        <>
          <dt>Why none</dt>
          <dd>{plan.idle}</dd>
        </>
      )}
      {view.goal.kind === 'rebalance' || view.goal.kind === 'fill' ? (
        <>
          <dt>Fullest past its share</dt>
          <dd>
            {percent(imbalance.before)} now, {percent(imbalance.after)} after
          </dd>
        </>
      ) : null}
      {moveCount > 0 ? (
        <>
          <dt>Pace</dt>
          <dd>
            {many(pace.movesPerMinute)} a minute
            {binding
              ? `, bound by ${binding.what}${binding.hub ? ` of ${short(binding.hub)}` : ''}`
              : ''}
            : {duration(pace.minutes * 60_000)}, without the waits between waves
          </dd>
          <dt>Waves</dt>
          <dd>
            {view.goal.kind === 'evacuate'
              ? 'one, all at once: off a dead hub there is nothing to try first, and no gate stops it'
              : waves.isSingle
                ? 'one: it is too small for a canary; any stranded device stops it'
                : waves.sizes.slice(0, 8).map(many).join(', ')}
          </dd>
        </>
      ) : null}
      {pace.cost ? (
        <>
          <dt>Cost</dt>
          <dd>
            {pace.cost.amount} {pace.cost.currency}
          </dd>
        </>
      ) : null}
    </dl>
  );
};

const BeforeAndAfter = ({ plan }: { readonly plan: MadeView }) => {
  const changed = plan.hubs.filter(({ movesIn, movesOut }) => movesIn + movesOut > 0);
  const shown = changed.length > 0 ? changed : plan.hubs;
  const most = 1.1 * Math.max(1, ...shown.map(({ before, after }) => Math.max(before, after)));
  return (
    <section aria-labelledby="hubs">
      <h3 id="hubs">
        Hubs, before and after{' '}
        {shown.length < plan.hubs.length ? (
          <span class="quiet">{plan.hubs.length - shown.length} others stay as they are</span>
        ) : null}
      </h3>
      <Scroll of="Hubs, before and after">
        <table>
          <thead>
            <tr>
              <th scope="col">Hub</th>
              <th scope="col" class="wide">
                Devices <span class="legend">pale: before, full: after, │ its cap</span>
              </th>
              <th scope="col" class="number">
                Before
              </th>
              <th scope="col" class="number">
                After
              </th>
              <th scope="col" class="number">
                Leave
              </th>
              <th scope="col" class="number">
                Come
              </th>
              <th scope="col" class="number">
                Fair share
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((hub) => (
              <tr key={hub.hub}>
                <th scope="row">
                  {short(hub.hub)}
                  {hub.past === null ? null : <p class="fault">{hub.past}</p>}
                </th>
                <td class="wide">
                  <Bar parts={[{ kind: 'before', share: hub.before / most }]} />
                  <Bar
                    parts={[{ kind: 'load', share: hub.after / most }]}
                    marks={hub.cap <= most ? [{ kind: 'bound', at: hub.cap / most }] : []}
                  />
                </td>
                <td class="number">{many(hub.before)}</td>
                <td class="number">{many(hub.after)}</td>
                <td class="number">{many(hub.movesOut)}</td>
                <td class="number">{many(hub.movesIn)}</td>
                <td class="number">{many(hub.level)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
};

/** Approval binds to the hash of what is shown. A hub that is emptied takes its name, typed. */
const CarryOut = ({ view, plan }: MadeProps) => {
  const { scope, may, status } = usePage();
  const [isAsked, setAsked] = useState(false);
  const key = useState(once)[0];
  if (plan.moveCount === 0) return null;
  if (!may('Operate')) return <p class="quiet">An operator carries it out.</p>;
  if (status.needsTwoPersons && view.by === status.you.name)
    return <p class="quiet">Another person carries it out: two are needed.</p>;
  const { goal, isDrill } = view;
  const emptied = 'hub' in goal && goal.kind !== 'fill' ? goal : undefined;
  const verb = isDrill ? 'drill' : goal.kind;
  const act = async (reason: string): Promise<void> => {
    const order = { plan: view.id, hash: plan.hash, reason };
    const { body } = emptied
      ? await ask(
          'POST',
          `hubs/${encodeURIComponent(emptied.hub)}/${verb}`,
          { scope, ...order },
          key,
        )
      : await ask('POST', `campaigns/${scope}`, order, key);
    goTo(scope, 'campaigns', (body as CampaignHead).id);
  };
  return (
    <p class="buttons">
      <button type="button" class={emptied ? 'grave' : 'main'} onClick={() => setAsked(true)}>
        Carry it out …
      </button>
      {isAsked ? (
        <Dialog
          title={`${isDrill ? 'Drill' : 'Carry out'}: ${goalText(goal)}?`}
          does={`Move ${counted(plan.moveCount, 'device')}`}
          {...(emptied ? { typed: short(emptied.hub), isGrave: true } : {})}
          reason={view.reason}
          act={act}
          close={() => setAsked(false)}
        >
          <p>
            {counted(plan.moveCount, 'device')} will be moved, in{' '}
            {goal.kind === 'evacuate'
              ? 'one wave, which no gate stops'
              : plan.waves.isSingle
                ? 'one wave'
                : counted(plan.waves.sizes.length, 'wave')}
            . It begins within a minute, and can be paused, stopped and rolled back.
          </p>
        </Dialog>
      ) : null}
    </p>
  );
};
