import { useState } from 'preact/hooks';
import type { DeviceView, ExplanationView, SettledView } from '../../shared/wire/api/devices.ts';
import { useLive } from '../live.ts';
import { usePage } from '../page.ts';

import { State } from '../parts/state.tsx';
import { Table } from '../parts/table.tsx';
import { goTo, linkTo } from '../place.ts';
import { clock, duration, short } from '../words.ts';

type Page = { readonly devices: readonly DeviceView[]; readonly after: string | null };

/** A device by its id; and those that are being looked after. */
export const Devices = () => {
  const { scope } = usePage();
  const live = useLive<Page>(`devices/${scope}?limit=100`, 5_000);
  const [id, setId] = useState('');
  const find = (event: Event): void => {
    event.preventDefault();
    if (id.trim() !== '') goTo(scope, 'devices', id.trim());
  };
  const devices = live.body?.devices ?? [];
  return (
    <section aria-labelledby="devices">
      <h2 id="devices">Devices</h2>
      <form class="find" onSubmit={find}>
        <label for="device-id">A device, by its id</label>
        <input
          id="device-id"
          value={id}
          onInput={({ currentTarget }) => setId(currentTarget.value)}
        />
        <button type="submit">Show it</button>
      </form>
      <h3>
        Looked after{' '}
        <span class="quiet">
          moved, looked for, or tidied up after{live.body?.after ? ': the first 100' : ''}
        </span>
      </h3>
      {devices.length === 0 ? <p class="quiet">None is.</p> : null}
      {devices.length > 0 ? (
        <Table
          of="Devices that are looked after"
          rows={devices}
          keyOf={({ deviceId }) => deviceId}
          columns={[
            {
              name: 'Device',
              kind: 'head',
              cell: ({ deviceId }) => <a href={linkTo(scope, 'devices', deviceId)}>{deviceId}</a>,
            },
            {
              name: 'On',
              cell: ({ observed }) => (observed ? short(observed.hub) : 'nowhere yet'),
            },
            {
              name: 'Move',
              cell: ({ move }) => (move ? `${move.stage}, to ${short(move.to)}` : ''),
            },
            { name: 'What is wrong', cell: ({ finding }) => finding?.kind ?? '' },
          ]}
        />
      ) : null}
    </section>
  );
};

/** One device: where it is and why, what DPS would be answered now, and its story. */
export const Device = ({ id }: { readonly id: string }) => {
  const { scope } = usePage();
  const path = `devices/${scope}/${encodeURIComponent(id)}`;
  const live = useLive<DeviceView>(path, 3_000);
  const why = useLive<ExplanationView>(`${path}/explanation`, 10_000);
  const story = useLive<{ readonly moves: readonly SettledView[] }>(`${path}/moves`, 5_000);
  const view = live.body;
  if (!view) return <p class="quiet">{live.fault ?? 'The device is being asked for …'}</p>;
  return (
    <article>
      <h2>{view.deviceId}</h2>
      <ul>
        {view.explained.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {view.move ? <OpenMove move={view.move} /> : null}
      {why.body ? <Explained why={why.body} /> : <p class="quiet">{why.fault}</p>}
      <Story moves={story.body?.moves} />
    </article>
  );
};

const OpenMove = ({ move }: { readonly move: NonNullable<DeviceView['move']> }) => (
  <dl class="facts">
    <dt>Move</dt>
    <dd>
      {short(move.from)} → {short(move.to)}: <State is="running" as={move.stage} />
    </dd>
    <dt>Settled by</dt>
    <dd>{clock(move.deadline)}</dd>
    <dt>Proof</dt>
    <dd>
      gone {clock(move.proof.gone)}, assigned {clock(move.proof.assigned)}, heard from{' '}
      {clock(move.proof.heard)}
    </dd>
  </dl>
);

const Explained = ({ why }: { readonly why: ExplanationView }) => (
  <section aria-labelledby="why">
    <h3 id="why">If it registered now</h3>
    <p>
      DPS would be answered <strong>{short(why.answer.hub)}</strong>: {why.answer.explained}
      {why.answer.degraded ? ' (a last resort)' : ''}.{' '}
      <span class="quiet">Policy {why.policy}.</span>
    </p>
    <Table
      of="What each hub says"
      rows={why.hubs}
      keyOf={({ hub }) => hub}
      columns={[
        { name: 'Hub', kind: 'head', cell: ({ hub }) => short(hub) },
        { name: 'Stands', cell: ({ standing }) => standing },
        { name: 'What speaks against it', cell: ({ deciders }) => <Against deciders={deciders} /> },
      ]}
    />
  </section>
);

type Deciders = ExplanationView['hubs'][number]['deciders'];

const Against = ({ deciders }: { readonly deciders: Deciders }) => {
  const against = deciders.filter(({ says }) => says !== 'yes');
  if (against.length === 0) return <>nothing</>;
  return (
    <ul class="measures">
      {against.map(({ decider, says, because }) => (
        <li key={decider}>
          <State is={says} as={decider} /> {because}
        </li>
      ))}
    </ul>
  );
};

const Story = ({ moves }: { readonly moves: readonly SettledView[] | undefined }) => (
  <section aria-labelledby="story">
    <h3 id="story">Its story</h3>
    {moves?.length === 0 ? <p class="quiet">It was never moved.</p> : null}
    <ol class="log">
      {moves?.toReversed().map((move) => (
        <li key={move.id}>
          <time dateTime={move.settledAt}>{clock(move.settledAt)}</time> <State is={move.verdict} />{' '}
          {short(move.from)} → {short(move.to)}, after{' '}
          {duration(Date.parse(move.settledAt) - Date.parse(move.triggeredAt))}: {move.because}.{' '}
          <span class="quiet">{move.reason}</span>
        </li>
      ))}
    </ol>
  </section>
);
