import type { CampaignView, PreviewView } from '../shared/wire/api/campaigns.ts';
import { columns, count, many, short } from './plan-text.ts';

const logMax = 8;

/** A campaign as a person reads it: where it stands, what holds it up, and what became of its moves. */
export const campaignText = (view: CampaignView): readonly string[] => {
  const { id, goal, scope, reason, by, source } = view;
  const hub = 'hub' in goal ? ` ${short(goal.hub)}` : '';
  const what =
    source.kind === 'rollback'
      ? `rollback of ${source.campaignId}`
      : `${view.isDrill ? 'drill: ' : ''}${goal.kind}${hub}`;
  return [
    `${id}: ${what} (${scope}; ${reason}; ${by})`,
    `  ${stateText(view)}`,
    `  ${progressText(view)}`,
    ...paceText(view),
    ...peakText(view),
    ...wavesText(view),
    ...reasonsText(view),
    ...measuredText(view),
    ...logText(view),
    ...(view.needsAPerson
      ? [`  it needs a person: npx rehome campaign resume | abort | rollback ${id} --reason TEXT`]
      : []),
  ];
};

const stateText = (view: CampaignView): string => {
  const last = view.waves.length - 1;
  const isOnly = view.wave === undefined || last === 0;
  const wave = isOnly ? '' : `, ${view.wave === 0 ? 'the canary' : `wave ${view.wave} of ${last}`}`;
  const until = view.bakesUntil === undefined ? '' : ` until ${view.bakesUntil}`;
  const phase = view.phase === undefined ? '' : `, ${view.phase}${until}`;
  const outcome = view.outcome === undefined ? '' : `: ${view.outcome}`;
  const because = view.because === undefined ? '' : ` (${view.because})`;
  return `${view.state}${outcome}${wave}${phase}${because}`;
};

/** One line, which a terminal may show over and over. */
export const progressText = ({ moves }: CampaignView): string => {
  const shown = Object.entries(moves).filter(([name, many]) => name !== 'total' && many > 0);
  const parts = shown.map(([name, many]) => `${count(many)} ${words[name] ?? name}`);
  return `${many(moves.total, 'move')}: ${parts.join(', ') || 'none yet'}`;
};

const words: Readonly<Record<string, string>> = {
  underWay: 'under way',
  waiting: 'waiting for their devices',
  timedOut: 'timed out',
};

const paceText = ({ pace, state }: CampaignView): readonly string[] =>
  pace && state === 'running'
    ? [
        `  ${count(pace.perMinute)} a minute of ${count(pace.allowedPerMinute)}; bound by ${pace.binds}${pace.isNow ? '' : ` (as of ${pace.at})`}`,
        ...(pace.stuck
          ? [`  nothing of the rest can go since ${pace.stuck.since}: ${pace.stuck.because}`]
          : []),
      ]
    : [];

const peakText = ({ pace }: CampaignView): readonly string[] =>
  pace && pace.peak.perMinute > 0
    ? [
        `  at its fastest ${count(pace.peak.perMinute)} a minute, of ${count(pace.peak.allowedPerMinute)} that were let through`,
      ]
    : [];

const wavesText = ({ waves, source }: CampaignView): readonly string[] => {
  if (waves.length === 0) return [];
  const isJudged = source.kind !== 'rollback'; // nothing stops it
  const rows = waves.map((wave, index) => [
    `${wave.isNow ? '→' : ' '} ${waves.length === 1 ? 'all' : index === 0 ? 'canary' : index}`,
    count(wave.moves),
    wave.begunAt ?? '',
    wave.endedAt ?? '',
    isJudged ? rulingOf(wave) : '',
  ]);
  const gates = waves.flatMap(({ gate }, index) =>
    gate && isJudged
      ? gate.measures
          .filter(({ of }) => of > 0)
          .map(
            ({ what, count: many, of, limit, ruling }) =>
              `  gate ${index}: ${what} ${count(many)} of ${count(of)}, limit ${(limit * 100).toFixed(1)} %: ${ruling}`,
          )
      : [],
  );
  return ['', ...columns([['wave', 'moves', 'begun', 'ended', 'gate'], ...rows]), '', ...gates];
};

/** Of a wave of which nobody has told anything, as off a dead hub, there is nothing to say. */
const rulingOf = ({ gate }: CampaignView['waves'][number]): string =>
  gate?.measures.some(({ of }) => of > 0) ? gate.ruling : '';

const reasonsMax = 8;

const reasonsText = ({ reasons }: CampaignView): readonly string[] =>
  reasons
    .slice(0, reasonsMax)
    .map(
      ({ verdict, because, count: many }) =>
        `${count(many).padStart(10)}  ${words[verdict] ?? verdict}: ${because}`,
    );

const measuredText = ({ gapMs, tookMs, requestUnits }: CampaignView): readonly string[] => {
  const times = ({ p50, p95, p99 }: CampaignView['gapMs']): string =>
    [p50, p95, p99].map((ms) => (ms === null ? '–' : `${(ms / 1000).toFixed(1)} s`)).join(' / ');
  return [
    ...(gapMs.measured > 0
      ? [
          `  out of service p50/p95/p99: ${times(gapMs)}, as ${count(gapMs.measured)} devices measured it`,
        ]
      : []),
    ...(tookMs.measured > 0 ? [`  from trigger to proof: ${times(tookMs)}`] : []),
    ...(requestUnits.perVerifiedMove !== null && requestUnits.total > 0
      ? [`  ${count(requestUnits.perVerifiedMove)} request units a move`]
      : []),
  ];
};

/** The last that was done to it, by whom and why; and what it made of its hubs. */
const logText = ({ log, hubStates }: CampaignView): readonly string[] => [
  ...hubStates.map(
    ({ hub, before, after }) => `  ${short(hub)} was ${before}: it made it ${after}`,
  ),
  ...log
    .slice(-logMax)
    .map(({ at, by, what, because }) => `  ${at}  ${what}, by ${by}: ${because}`),
];

export const previewText = (view: PreviewView): readonly string[] => {
  const [canary = 0, ...later] = view.waves;
  const { windows, freezes } = view.limits.calendar;
  const when = windows.length + freezes.length > 0 ? ' while its windows are open' : '';
  const isEvacuation = view.plan.goal.kind === 'evacuate';
  const waves = isEvacuation
    ? 'one wave: off a dead hub who can go, goes, and no gate stops it'
    : view.isSingle
      ? `one wave of ${count(canary)}, which any stranded device stops: it takes ${count(view.canary)} moves to tell`
      : `a canary of ${count(canary)}, then ${later.map(count).join(', ')}`;
  return [
    `  ${many(view.plan.moveCount, 'move')} in ${waves}`,
    `  at most ${count(view.movesPerMinute)} a minute, bound by ${view.binds ?? 'nothing'}; about ${many(view.minutes, 'minute')}${when}`,
    ...(isEvacuation ? [] : [`  when a gate fails: ${view.limits.onFail}`]),
    '  a dry run: nothing has begun',
  ];
};
