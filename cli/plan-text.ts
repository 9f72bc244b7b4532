import type { MadeView, PlanView } from '../shared/wire/api/plans.ts';

/** A plan as a person reads it, in ten seconds. */
export const planText = (view: PlanView): readonly string[] => {
  const { id, scope, reason, by, state } = view;
  const title = `${id}: ${goalText(view)} (${scope}; ${reason}; ${by})`;
  if ('because' in view) return [title, `  it cannot be made: ${view.because}`];
  if (!('plan' in view) || !view.plan) {
    const read = 'devicesRead' in view ? `, ${count(view.devicesRead ?? 0)} devices read` : '';
    return [title, `  it is ${state}${read}`];
  }
  const { plan } = view;
  return [
    title,
    ...summary(plan, isForBalance(view)),
    ...hubsText(plan, isForBalance(view)),
    ...paceText(plan),
    ...wavesText(plan),
    ...leftText(plan),
    ...plan.advice.map((note) => `  note: ${note}`),
    `  ${plan.hash}`,
  ];
};

const goalText = ({ goal }: PlanView): string => {
  if ('hub' in goal) return `${goal.kind} ${short(goal.hub)}`;
  return 'devices' in goal ? `${goal.kind} ${many(goal.devices.length, 'device')}` : goal.kind;
};

const isForBalance = ({ goal: { kind } }: PlanView): boolean =>
  kind === 'rebalance' || kind === 'fill';

const summary = (plan: MadeView, balances: boolean): readonly string[] => {
  const { moveCount, lowerBound, gap, churn, stageCount, imbalance, uncertainCount } = plan;
  if (moveCount === 0) return [`  nobody is moved: ${plan.idle}`];
  const proof = {
    count: 'what must go, and what is past its cap, counted',
    flow: 'a flow that is proved to be the cheapest: others make room',
    relaxation: 'as if devices could be divided',
  }[lowerBound.by];
  const fewest = gap === 0 ? 'as few as can be' : `${count(gap)} past the lower bound`;
  const notes = [
    `${percent(churn)} of all devices`,
    ...(stageCount > 1 ? [`in ${stageCount} stages`] : []),
    ...(uncertainCount > 0 ? [`${count(uncertainCount)} not known to be movable`] : []),
    ...(plan.postponed > 0 ? [`${count(plan.postponed)} wait for the next plan`] : []),
  ];
  return [
    `  ${many(moveCount, 'move')}, ${fewest}: the bound is ${count(lowerBound.moves)} (${proof})`,
    `  ${notes.join('; ')}`,
    ...(balances && imbalance.before >= leastShown
      ? [
          `  the fullest hub is ${percent(imbalance.before)} past its fair share, and then ${percent(imbalance.after)}`,
        ]
      : []),
  ];
};

/** Less is nothing to speak of. */
const leastShown = 0.0005;

/** More hubs than these, and only those are told that have a part in it. */
const hubsMax = 12;

const hubsText = ({ hubs, moveCount }: MadeView, balances: boolean): readonly string[] => {
  const concerned = hubs.filter(
    ({ movesIn, movesOut, past }) => movesIn > 0 || movesOut > 0 || past !== null,
  );
  if (concerned.length === 0 && moveCount === 0) return [];
  const told = hubs.length <= hubsMax ? hubs : concerned;
  const rows = told.map((hub) => [
    short(hub.hub),
    count(hub.before),
    count(hub.after),
    ...(balances ? [count(hub.level)] : []),
    count(hub.most),
    count(hub.movesIn),
    count(hub.movesOut),
    count(hub.arriving + hub.leaving),
  ]);
  const past = told.flatMap(({ hub, past: why }) =>
    why === null ? [] : [`  ${short(hub)}: ${why}`],
  );
  if (rows.length === 0) return past;
  const fair = balances ? ['fair'] : [];
  const header = ['hub', 'now', 'then', ...fair, 'may hold', 'in', 'out', 'under way'];
  return ['', ...columns([header, ...rows]), '', ...past];
};

const paceText = ({ pace, moveCount }: MadeView): readonly string[] => {
  if (moveCount === 0) return [];
  const [binding] = pace.constraints;
  const where = binding?.hub ? ` of ${short(binding.hub)}` : '';
  const bound = binding ? `${binding.what}${where}` : 'nothing';
  const registry =
    pace.minutesIfRegistryBinds > pace.minutes
      ? `; ${duration(pace.minutesIfRegistryBinds)} if DPS's writes count against the registries, which no document says`
      : '';
  const spent = pace.messages.map(({ hub, spent: of, left, unsignallable }) => {
    const rest = left === null || left === undefined ? '' : ` of ${count(left)} left today`;
    const stop = unsignallable ? ': past that nobody there can be asked until 00:00 UTC' : '';
    return `  messages: ${short(hub)} spends ${count(of)}${rest}${stop}`;
  });
  return [
    `  at most ${count(pace.movesPerMinute)} a minute, bound by ${bound}: ${duration(pace.minutes)}${registry}`,
    ...spent.slice(0, messagesMax),
    ...(spent.length > messagesMax
      ? [`  messages: and ${spent.length - messagesMax} hubs more`]
      : []),
    ...(pace.cost ? [`  costs ${pace.cost.amount.toFixed(2)} ${pace.cost.currency}`] : []),
  ];
};

const wavesText = ({ waves, moveCount }: MadeView): readonly string[] => {
  if (moveCount === 0) return [];
  const [canary = 0, ...later] = waves.sizes;
  if (waves.isSingle)
    return [
      `  in one wave, which any stranded device stops: it takes ${count(waves.canary)} to tell a fault from chance`,
    ];
  if (later.length === 0) return [`  in one wave of ${count(canary)}`];
  return [`  in waves: a canary of ${count(canary)}, then ${later.map(count).join(', ')}`];
};

const messagesMax = 3;

const leftText = ({ refusalCount, reasons }: MadeView): readonly string[] =>
  refusalCount === 0
    ? []
    : [
        `  ${refusalCount === 1 ? '1 is' : `${count(refusalCount)} are`} left alone:`,
        ...reasons
          .slice(0, reasonsMax)
          .map(({ because, count: many }) => `${count(many).padStart(10)}  ${because}`),
        ...(reasons.length > reasonsMax
          ? [`            and ${reasons.length - reasonsMax} reasons more`]
          : []),
        ...(reasons.some(({ because }) => because.startsWith('it is not known to be movable'))
          ? [
              '  (npx rehome inventory says how far the fleet was looked at; --allow-unknown plans these as well)',
            ]
          : []),
      ];

const reasonsMax = 8;

/** The first to the left, numbers to the right. */
export const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    );
    return `  ${cells.join('  ')}`.trimEnd();
  });
};

export const short = (hub: string): string => hub.replace('.azure-devices.net', '');
export const many = (number: number, noun: string): string =>
  `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
export const count = (number: number): string => Math.round(number).toLocaleString('en-US');
const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

const duration = (minutes: number): string => {
  if (minutes < 1) return `${Math.ceil(minutes * 60)} s`;
  if (minutes < 120) return `${Math.ceil(minutes)} min`;
  return minutes < 2_880
    ? `${(minutes / 60).toFixed(1)} h`
    : `${(minutes / 1_440).toFixed(1)} days`;
};
