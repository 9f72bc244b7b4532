import { useState } from 'preact/hooks';
import type { BreakerView, CampaignHead } from '../../shared/wire/api/campaigns.ts';
import type { DeviceView } from '../../shared/wire/api/devices.ts';
import type { HubView } from '../../shared/wire/api/hubs.ts';
import type { PlanView } from '../../shared/wire/api/plans.ts';
import { ask } from '../api.ts';
import { useLive } from '../live.ts';
import { usePage } from '../page.ts';
import { linkTo } from '../place.ts';
import { clock, counted, goalText, short } from '../words.ts';
import { Dialog } from './dialog.tsx';

type Props = {
  readonly hubs: readonly HubView[];
  readonly campaigns: readonly CampaignHead[];
  readonly plans: readonly PlanView[];
  readonly isKnown: boolean;
};

type Item = { readonly key: string; readonly what: string; readonly to?: string };

const heldItems = (scope: string, campaigns: readonly CampaignHead[]): readonly Item[] =>
  campaigns
    .filter(({ needsAPerson }) => needsAPerson)
    .map(({ id, goal, because = '' }) => ({
      key: id,
      what: `${goalText(goal)} is held: ${because}`,
      to: linkTo(scope, 'campaigns', id),
    }));

const hubItems = (hubs: readonly HubView[]): readonly Item[] =>
  hubs.flatMap(({ hub, trouble, silentSince, deviceCount, most }) => [
    ...(trouble
      ? [
          {
            key: `${hub} trouble`,
            what: `${short(hub)} is ${trouble.kind} since ${clock(trouble.since)}`,
          },
        ]
      : []),
    ...(silentSince
      ? [
          {
            key: `${hub} silent`,
            what: `${short(hub)} gives no answer since ${clock(silentSince)}`,
          },
        ]
      : []),
    ...(deviceCount !== null && deviceCount > most
      ? [{ key: `${hub} over`, what: `${short(hub)} holds more than it may` }]
      : []),
  ]);

/** What Rehome proposed by itself, an hour ago at most, and nobody has carried out. */
const planItems = (
  scope: string,
  plans: readonly PlanView[],
  campaigns: readonly CampaignHead[],
  now: number,
): readonly Item[] => {
  const taken = new Set(
    campaigns.map(({ source }) => (source.kind === 'plan' ? source.planId : '')),
  );
  return plans
    .filter(
      ({ id, by, plan, askedAt }) =>
        by === 'rebalance' &&
        plan &&
        plan.moveCount > 0 &&
        !taken.has(id) &&
        now - Date.parse(askedAt) < 3_600_000,
    )
    .slice(0, 3)
    .map(({ id, goal, plan }) => ({
      key: id,
      what: `proposed: ${goalText(goal)}, ${counted(plan?.moveCount ?? 0, 'move')}`,
      to: linkTo(scope, 'plans', id),
    }));
};

type Attended = { readonly devices: readonly Pick<DeviceView, 'deviceId' | 'finding'>[] };

/** Devices that nothing mends but a person: somebody else sends them back, or several hubs hold them. */
const deviceItems = (scope: string, { devices }: Attended): readonly Item[] =>
  devices
    .filter(({ finding }) => finding?.kind === 'contested' || finding?.kind === 'splitHome')
    .slice(0, 5)
    .map(({ deviceId, finding }) => ({
      key: deviceId,
      what: `device ${deviceId} is ${finding?.kind === 'contested' ? 'contested' : 'on several hubs'}`,
      to: linkTo(scope, 'devices', deviceId),
    }));

/** What needs a person, the gravest first. */
export const Attention = ({ hubs, campaigns, plans, isKnown }: Props) => {
  const { scope, status } = usePage();
  const breaker = useLive<BreakerView>(`campaigns/${scope}/breaker`, 5_000);
  const attended = useLive<Attended>(`devices/${scope}?limit=100`, 15_000);
  const tripped = breaker.body?.tripped;
  const items: readonly Item[] = [
    ...heldItems(scope, campaigns),
    ...hubItems(hubs),
    ...deviceItems(scope, attended.body ?? { devices: [] }),
    ...(status.store.fault === null
      ? []
      : [{ key: 'store', what: `the store gives no answer: ${status.store.fault}` }]),
    ...status.disabled.map(({ what, because }) => ({
      key: what,
      what: `${what} are switched off: ${because}`,
    })),
    ...planItems(scope, plans, campaigns, Date.parse(status.now)),
  ];
  return (
    <section aria-labelledby="attention" class={items.length > 0 || tripped ? 'attention' : ''}>
      <h2 id="attention">Needs a person</h2>
      {tripped ? <Breaker because={tripped.because} at={tripped.at} again={breaker.again} /> : null}
      {items.length === 0 && !tripped ? (
        <p class="quiet">
          {isKnown && breaker.body !== undefined ? 'Nothing does.' : 'It is not known yet.'}
        </p>
      ) : null}
      <ul>
        {items.map(({ key, what, to }) => (
          <li key={key}>{to === undefined ? what : <a href={to}>{what}</a>}</li>
        ))}
      </ul>
    </section>
  );
};

type BreakerProps = {
  readonly because: string;
  readonly at: string;
  readonly again: () => void;
};

const Breaker = ({ because, at, again }: BreakerProps) => {
  const { scope, may } = usePage();
  const [isAsked, setAsked] = useState(false);
  const reset = async (reason: string): Promise<void> => {
    await ask('PUT', `campaigns/${scope}/breaker`, { reason });
    again();
  };
  return (
    <p role="alert" class="fault">
      The breaker has stopped everything since {clock(at)}: {because}.{' '}
      {may('Admin') ? (
        <button type="button" onClick={() => setAsked(true)}>
          Reset …
        </button>
      ) : (
        'An Admin resets it.'
      )}
      {isAsked ? (
        <Dialog
          title="Reset the breaker?"
          does="Reset"
          isGrave
          act={reset}
          close={() => setAsked(false)}
        >
          <p>
            Campaigns that it holds may be resumed then. Where its cause still stands, it trips
            again.
          </p>
        </Dialog>
      ) : null}
    </p>
  );
};
