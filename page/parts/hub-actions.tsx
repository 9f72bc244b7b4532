import { useState } from 'preact/hooks';
import type { HubView } from '../../shared/wire/api/hubs.ts';
import { ask, once } from '../api.ts';
import { usePage } from '../page.ts';
import { goTo } from '../place.ts';
import { short } from '../words.ts';
import { Dialog } from './dialog.tsx';

type Order = 'drain' | 'evacuate' | 'drill' | 'cordon' | 'uncordon';

const labels: Readonly<Record<Order, string>> = {
  drain: 'Drain …',
  evacuate: 'Evacuate …',
  drill: 'Drill …',
  cordon: 'Cordon …',
  uncordon: 'Open …',
};

const says: Readonly<Record<Order, string>> = {
  drain:
    'Everything off it. First it is planned; nothing moves until you have seen the plan and carry it out.',
  evacuate:
    'For a hub that is dead: its devices are answered elsewhere when they come. First it is planned.',
  drill: 'A drain that goes back once all have arrived. First it is planned.',
  cordon: 'It takes no new devices; those that live there stay.',
  uncordon: 'It takes new devices again.',
};

/** What may be done with a hub, for who may. */
export const HubActions = ({
  hub,
  again,
}: {
  readonly hub: HubView;
  readonly again: () => void;
}) => {
  const { scope, may } = usePage();
  const [order, setOrder] = useState<Order>();
  if (!may('Operate')) return <span class="quiet">you may look</span>;
  const name = short(hub.hub);
  const possible: readonly Order[] = [
    hub.state === 'open' ? 'cordon' : 'uncordon',
    'drain',
    'drill',
    'evacuate',
  ];
  const act = async (reason: string): Promise<void> => {
    if (order === 'cordon' || order === 'uncordon') {
      const state = order === 'cordon' ? 'cordoned' : 'open';
      await ask('PUT', `hubs/${encodeURIComponent(hub.hub)}`, { state, reason });
      again();
      return;
    }
    const path = `hubs/${encodeURIComponent(hub.hub)}/${order}`;
    const { body } = await ask('POST', path, { scope, reason }, once());
    const { id } = body as { readonly id: string };
    goTo(scope, order === 'drill' ? 'drills' : 'plans', id);
  };
  return (
    <>
      <select
        aria-label={`What to do with ${name}`}
        value=""
        onChange={({ currentTarget }) => {
          setOrder(currentTarget.value as Order);
          currentTarget.value = '';
        }}
      >
        <option value="" disabled hidden>
          Do …
        </option>
        {possible.map((one) => (
          <option key={one} value={one}>
            {labels[one]}
          </option>
        ))}
      </select>
      {order === undefined ? null : (
        <Dialog
          title={`${labels[order].replace(' …', '')} ${name}?`}
          does={
            order === 'cordon' || order === 'uncordon' ? labels[order].replace(' …', '') : 'Plan it'
          }
          act={act}
          close={() => setOrder(undefined)}
        >
          <p>{says[order]}</p>
        </Dialog>
      )}
    </>
  );
};
