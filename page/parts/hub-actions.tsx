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
  const [chosen, choose] = useState<Order>('drain');
  const [order, setOrder] = useState<Order>();
  const [key, setKey] = useState(once);
  if (!may('Operate')) return <span class="quiet">you may look</span>;
  const name = short(hub.hub);
  const possible: readonly Order[] = [
    'drain',
    hub.state === 'open' ? 'cordon' : 'uncordon',
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
    const { body } = await ask('POST', path, { scope, reason }, key);
    const { id } = body as { readonly id: string };
    goTo(scope, 'plans', id);
  };
  return (
    <>
      <select
        aria-label={`What to do with ${name}`}
        value={chosen}
        onChange={({ currentTarget }) => choose(currentTarget.value as Order)}
      >
        {possible.map((one) => (
          <option key={one} value={one}>
            {labels[one].replace(' …', '')}
          </option>
        ))}
      </select>{' '}
      <button
        type="button"
        class="small"
        aria-label={`Do that with ${name}`}
        onClick={() => {
          setKey(once());
          setOrder(possible.includes(chosen) ? chosen : 'drain');
        }}
      >
        …
      </button>
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
