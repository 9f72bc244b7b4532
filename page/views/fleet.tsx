import { useState } from 'preact/hooks';
import type { CampaignHead } from '../../shared/wire/api/campaigns.ts';
import type { HubView } from '../../shared/wire/api/hubs.ts';
import type { PlanView } from '../../shared/wire/api/plans.ts';
import { useLive } from '../live.ts';
import { usePage } from '../page.ts';
import { Attention } from '../parts/attention.tsx';
import { CampaignList } from '../parts/campaign-list.tsx';
import { HubActions } from '../parts/hub-actions.tsx';
import { HubLoad } from '../parts/hub-load.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { State } from '../parts/state.tsx';
import { TakenIn } from '../parts/taken-in.tsx';
import { counted, many, percent, short } from '../words.ts';

type Hubs = { readonly hubs: readonly HubView[] };

/** Everything at a glance: what needs a person, what is under way, and every hub. */
export const Fleet = () => {
  const { scope } = usePage();
  const hubs = useLive<Hubs>('hubs', 3_000);
  const campaigns = useLive<{ readonly campaigns: readonly CampaignHead[] }>(
    `campaigns/${scope}`,
    3_000,
  );
  const plans = useLive<{ readonly plans: readonly PlanView[] }>(`plans/${scope}`, 10_000);
  const known = campaigns.body?.campaigns ?? [];
  const active = known.filter(({ state }) => state !== 'ended');
  return (
    <>
      <Attention
        hubs={hubs.body?.hubs ?? []}
        campaigns={known}
        plans={plans.body?.plans ?? []}
        isKnown={hubs.body !== undefined && campaigns.body !== undefined}
      />
      <section aria-labelledby="under-way">
        <h2 id="under-way">Under way</h2>
        {campaigns.body === undefined ? (
          <p class="quiet">The campaigns are not known yet.</p>
        ) : active.length === 0 ? (
          <p class="quiet">No campaign is running.</p>
        ) : (
          <CampaignList campaigns={active} />
        )}
      </section>
      <TakenIn />
      <HubTable live={hubs.body?.hubs} again={hubs.again} />
    </>
  );
};

const orders = {
  name: (one: HubView, other: HubView) => (one.hub < other.hub ? -1 : 1),
  fullest: (one: HubView, other: HubView) => fullness(other) - fullness(one),
} as const;

const fullness = ({ deviceCount, most }: HubView): number => (deviceCount ?? 0) / Math.max(1, most);

const filterFrom = 12;

const HubTable = ({
  live,
  again,
}: {
  readonly live: readonly HubView[] | undefined;
  readonly again: () => void;
}) => {
  const [order, setOrder] = useState<keyof typeof orders>('name');
  const [wanted, setWanted] = useState('');
  const all = live ?? [];
  const shown = all.filter(({ hub, state, region }) =>
    `${hub} ${state} ${region ?? ''}`.includes(wanted.toLowerCase()),
  );
  const total = all.reduce((sum, { deviceCount }) => sum + (deviceCount ?? 0), 0);
  return (
    <section aria-labelledby="hubs">
      <div class="heading">
        <h2 id="hubs">
          Hubs{' '}
          <span class="quiet">
            {all.length > 0 ? `${counted(all.length, 'hub')}, ${counted(total, 'device')}` : ''}
          </span>
        </h2>
        {all.length > filterFrom ? (
          <label>
            Find{' '}
            <input
              type="search"
              value={wanted}
              onInput={({ currentTarget }) => setWanted(currentTarget.value)}
            />
          </label>
        ) : null}
        <label>
          Order{' '}
          <select
            value={order}
            onChange={({ currentTarget }) => setOrder(currentTarget.value as keyof typeof orders)}
          >
            <option value="name">by name</option>
            <option value="fullest">the fullest first</option>
          </select>
        </label>
      </div>
      {live === undefined ? <p class="quiet">The hubs are being asked for …</p> : null}
      {live !== undefined && live.length === 0 ? (
        <p class="quiet">No hub is known: name them in REHOME_HUBS.</p>
      ) : null}
      {shown.length > 0 ? (
        <Scroll of="Hubs">
          <table class="cards">
            <thead>
              <tr>
                <th scope="col">Hub</th>
                <th scope="col">State</th>
                <th scope="col" class="wide">
                  Load <span class="legend">│ its bound: past it, no newcomer</span>
                </th>
                <th scope="col" class="number">
                  Devices
                </th>
                <th scope="col" class="number">
                  May hold
                </th>
                <th scope="col" class="number">
                  Full
                </th>
                <th scope="col" class="number">
                  Weight
                </th>
                <th scope="col">What to do</th>
              </tr>
            </thead>
            <tbody>
              {[...shown].sort(orders[order]).map((hub) => (
                <HubRow key={hub.hub} hub={hub} again={again} />
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : null}
    </section>
  );
};

const HubRow = ({ hub, again }: { readonly hub: HubView; readonly again: () => void }) => (
  <tr>
    <th scope="row">
      {short(hub.hub)}
      {hub.region === null ? null : <span class="quiet"> {hub.region}</span>}
    </th>
    <td>
      <State is={hub.state} />
      {hub.trouble === null ? null : <State is="failed" as={hub.trouble.kind} />}
      {hub.silentSince === null ? null : <State is="held" as="silent" />}
    </td>
    <td class="wide">
      <HubLoad hub={hub} />
    </td>
    <td class="number" data-name="devices">
      {hub.deviceCount === null ? 'not counted' : many(hub.deviceCount)}
    </td>
    <td class="number" data-name="may hold">
      {many(hub.most)}
    </td>
    <td class="number" data-name="full">
      {hub.deviceCount === null ? '' : percent(fullness(hub))}
    </td>
    <td class="number" data-name="weight">
      {hub.weight}
    </td>
    <td>
      <HubActions hub={hub} again={again} />
    </td>
  </tr>
);
