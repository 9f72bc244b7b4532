import type { CampaignView } from '../../shared/wire/api/campaigns.ts';
import { useLive } from '../live.ts';
import { usePage } from '../page.ts';
import { Bar } from '../parts/bar.tsx';
import { CampaignCommands } from '../parts/campaign-commands.tsx';
import { waveName } from '../parts/campaign-list.tsx';
import { PaceChart } from '../parts/pace-chart.tsx';
import { State } from '../parts/state.tsx';
import { Table } from '../parts/table.tsx';
import { Waves } from '../parts/waves.tsx';
import { linkTo } from '../place.ts';
import { clock, duration, goalText, many, percent } from '../words.ts';

/** One campaign, live: how far it is, what its gates say, what came of its moves, and the way to stop it. */
export const Campaign = ({ id }: { readonly id: string }) => {
  const { scope } = usePage();
  const path = `campaigns/${scope}/${encodeURIComponent(id)}`;
  const live = useLive<CampaignView>(path, 2_000);
  const view = live.body;
  if (!view) return <p class="quiet">{live.fault ?? 'The campaign is being asked for …'}</p>;
  return (
    <article>
      <h2>
        {view.source.kind === 'rollback' ? 'Rollback of ' : ''}
        {goalText(view.goal)}
        {view.isDrill ? ' (drill)' : ''} <State is={view.outcome ?? view.state} />
      </h2>
      <p class="quiet">
        {view.reason}; approved by {view.by}, {clock(view.approvedAt)}; {view.id}
      </p>
      {view.because === undefined ? null : (
        <p class={view.needsAPerson ? 'fault' : ''} role={view.needsAPerson ? 'alert' : undefined}>
          {view.needsAPerson ? 'It is held, and needs you: ' : ''}
          {view.because}
        </p>
      )}
      <p role="status">{progressText(view)}</p>
      <CampaignCommands view={view} etag={live.etag} again={live.again} />
      {view.rollback === undefined ? null : (
        <p>
          <a href={linkTo(scope, 'campaigns', view.rollback)}>The campaign that takes it back</a>
        </p>
      )}
      <Moves view={view} />
      <Waves waves={view.waves} />
      <Pace view={view} />
      <Came view={view} />
      <Log view={view} />
    </article>
  );
};

/** What it is at, and how long that takes. */
const progressText = ({
  state,
  wave,
  waves,
  phase,
  bakesUntil,
  minutesLeft,
}: CampaignView): string => {
  switch (state) {
    case 'preparing':
      return 'It begins within a minute.';
    case 'stopping':
    case 'aborting':
      return 'It ends within a minute of the last device on its way.';
    case 'running': {
      const until = phase === 'baking' && bakesUntil ? ` until ${clock(bakesUntil)}` : '';
      const left = minutesLeft === null ? '' : `; about ${duration(minutesLeft * 60_000)} to go`;
      return `${waveName(wave, waves.length)} is ${phase ?? 'at work'}${until}${left}`;
    }
    default:
      return '';
  }
};

const shown = [
  ['verified', 'verified'],
  ['landed', 'landed, its source silent'],
  ['underWay', 'under way'],
  ['waiting', 'waiting for their device'],
  ['planned', 'to come'],
  ['stranded', 'stranded: moved, never heard from'],
  ['failed', 'failed'],
  ['timedOut', 'timed out'],
  ['refused', 'refused by the device'],
  ['skipped', 'skipped'],
  ['cancelled', 'called off'],
  ['superseded', 'superseded'],
] as const;

const Moves = ({ view }: { readonly view: CampaignView }) => {
  const { moves } = view;
  const total = Math.max(1, moves.total);
  const broken = moves.stranded + moves.failed + moves.timedOut;
  return (
    <section aria-labelledby="moves">
      <h3 id="moves">
        {many(moves.verified)} of {many(moves.total)} verified
      </h3>
      <Bar
        parts={[
          { kind: 'good', share: (moves.verified + moves.landed) / total },
          { kind: 'busy', share: moves.underWay / total },
          { kind: 'wait', share: moves.waiting / total },
          { kind: 'bad', share: broken / total },
        ]}
      />
      <dl class="counts">
        {shown
          .filter(([name]) => moves[name] > 0)
          .map(([name, what]) => (
            <div key={name}>
              <dt>{what}</dt>
              <dd>{many(moves[name])}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
};

const Pace = ({ view }: { readonly view: CampaignView }) => {
  const { pace } = view;
  if (!pace) return null;
  const { stuck } = pace;
  return (
    <section aria-labelledby="pace">
      <h3 id="pace">Pace</h3>
      <p>{paceText(view, pace)}</p>
      {stuck ? (
        <p class="fault">
          Nothing goes since {clock(stuck.since)}: {stuck.because}
        </p>
      ) : null}
      <PaceChart key={view.id} pace={pace} />
    </section>
  );
};

const paceText = (
  { state, phase }: CampaignView,
  { perMinute, allowedPerMinute, binds, isNow, at, peak }: NonNullable<CampaignView['pace']>,
): string => {
  if (state === 'ended') return `At most ${many(peak.perMinute)} a minute were asked.`;
  if (!isNow) return `No runner has said anything since ${clock(at)}.`;
  if (phase === 'baking') return 'None is due: what was moved is watched first.';
  return `${many(perMinute)} a minute of ${many(allowedPerMinute)} that may go, bound by ${binds}.`;
};

const Came = ({ view }: { readonly view: CampaignView }) => {
  const { gapMs, tookMs, requestUnits, reasons } = view;
  const told = (ms: number | null): string => (ms === null ? '–' : duration(ms));
  return (
    <section aria-labelledby="came">
      <h3 id="came">What came of it</h3>
      <dl class="facts">
        <dt>Gap in service</dt>
        <dd>
          {told(gapMs.p50)} half of them, {told(gapMs.p95)} of 95 %, {told(gapMs.p99)} of 99 % (
          {many(gapMs.measured)} measured)
        </dd>
        <dt>From request to proof</dt>
        <dd>
          {told(tookMs.p50)}, {told(tookMs.p95)}, {told(tookMs.p99)}
        </dd>
        <dt>Store</dt>
        <dd>
          {requestUnits.perVerifiedMove === null || requestUnits.total === 0
            ? 'not counted yet'
            : `${many(requestUnits.perVerifiedMove)} request units a move`}
        </dd>
      </dl>
      {reasons.length === 0 ? null : (
        <Table
          of="Why moves came to nothing"
          rows={reasons}
          keyOf={({ verdict, because }) => `${verdict} ${because}`}
          columns={[
            { name: 'Became', cell: ({ verdict }) => verdict },
            {
              name: 'Moves',
              kind: 'number',
              cell: ({ count }) =>
                `${many(count)} (${percent(count / Math.max(1, view.moves.total))})`,
            },
            { name: 'Because', cell: ({ because }) => because },
          ]}
        />
      )}
    </section>
  );
};

const Log = ({ view }: { readonly view: CampaignView }) => (
  <section aria-labelledby="log">
    <h3 id="log">Who did what</h3>
    <ol class="log">
      {view.log.toReversed().map(({ at, by, what, because }) => (
        <li key={`${at} ${what}`}>
          <time dateTime={at}>{clock(at)}</time> <strong>{what}</strong> by {by}: {because}
        </li>
      ))}
    </ol>
  </section>
);
