import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import type { StatusView } from '../shared/wire/api/status.ts';
import { signInUrl } from './api.ts';
import { type Live, oldestSeen, useLive, useNow } from './live.ts';
import { PageContext } from './page.ts';
import { linkTo, type Place, usePlace } from './place.ts';
import { Campaign } from './views/campaign.tsx';
import { Decisions } from './views/decisions.tsx';
import { Device, Devices } from './views/device.tsx';
import { Fleet } from './views/fleet.tsx';
import { History } from './views/history.tsx';
import { Campaigns, Plans } from './views/lists.tsx';
import { Plan } from './views/plan.tsx';
import { clock, duration } from './words.ts';

const roles = ['Read', 'Operate', 'Admin'] as const;

/** What is older is said to be old. */
const staleMs = 15_000;

const App = () => {
  const place = usePlace();
  const status = useLive<StatusView>('status', 5_000);
  const { body } = status;
  if (!body) return <Outside live={status} />;
  const names = body.scopes.map(({ name }) => name);
  const scope = place.scope && names.includes(place.scope) ? place.scope : names[0];
  if (scope === undefined) return <p class="fault">No scope is set: REHOME_SCOPES.</p>;
  const held = Math.max(-1, ...body.you.roles.map((role) => roles.indexOf(role)));
  const may = (role: 'Operate' | 'Admin'): boolean => held >= roles.indexOf(role);
  return (
    <PageContext.Provider value={{ scope, status: body, may }}>
      <Header scope={scope} place={place} status={body} />
      <main id="main" tabIndex={-1}>
        <View place={place} />
      </main>
    </PageContext.Provider>
  );
};

/** Nobody is signed in, or they may not look, or there is no answer yet. */
const Outside = ({ live }: { readonly live: Live<StatusView> }) => (
  <main id="main">
    <h1>Rehome</h1>
    {live.status === 401 ? (
      <p>
        Nobody is signed in. <a href={signInUrl()}>Sign in</a>
      </p>
    ) : null}
    {live.status === 403 ? (
      <p class="fault">
        You are signed in, and have no role here: ask for the app role Read, Operate or Admin.{' '}
        <a href={signInUrl()}>Sign in as somebody else</a>
      </p>
    ) : null}
    {live.fault !== undefined && live.status !== 401 && live.status !== 403 ? (
      <p role="alert" class="fault">
        {live.fault}
      </p>
    ) : null}
    {live.fault === undefined ? <p class="quiet">Rehome is being asked …</p> : null}
  </main>
);

const tabs = [
  ['fleet', 'Fleet'],
  ['plans', 'Plans'],
  ['campaigns', 'Campaigns'],
  ['devices', 'Devices'],
  ['decisions', 'Decisions'],
  ['history', 'History'],
] as const;

type HeaderProps = {
  readonly scope: string;
  readonly place: Place;
  readonly status: StatusView;
};

const Header = ({ scope, place, status }: HeaderProps) => (
  <header>
    <button type="button" class="skip" onClick={toMain}>
      To what matters
    </button>
    <div class="top">
      <h1>
        <a href={linkTo(scope, 'fleet')}>Rehome</a>
      </h1>
      {status.scopes.length > 1 ? (
        <label>
          Scope{' '}
          <select
            value={scope}
            onChange={({ currentTarget }) => {
              location.hash = linkTo(currentTarget.value, 'fleet');
            }}
          >
            {status.scopes.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      ) : (
        <span class="quiet">scope {scope}</span>
      )}
      <span class="quiet">dial: {status.dial ?? 'off'}</span>
      <span class="who">
        {status.you.name} ({status.you.roles.at(-1) ?? 'no role'})
      </span>
    </div>
    <nav aria-label="Views">
      {tabs.map(([view, name]) => (
        <a
          key={view}
          href={linkTo(scope, view)}
          aria-current={place.view === view ? 'page' : undefined}
        >
          {name}
        </a>
      ))}
    </nav>
    <Age />
  </header>
);

const toMain = (): void => document.getElementById('main')?.focus();

/** How old what is seen is. It is said once that it is old; how old, stands beside it. */
const Age = () => {
  const now = useNow(1_000);
  const { at = now, fault, status } = oldestSeen();
  const isOld = now - at > staleMs;
  useEffect(() => {
    document.body.classList.toggle('old', isOld);
  }, [isOld]);
  if (!isOld && fault === undefined)
    return <p class="age quiet">as of {clock(new Date(at).toISOString())}</p>;
  return (
    <p class="age fault">
      <span role="alert">
        {isOld ? 'What you see is old' : 'A part of what you see could not be renewed'}
        {fault === undefined ? '' : `: ${fault}`}.
      </span>{' '}
      {isOld ? `It is ${duration(now - at)} old. ` : ''}
      {status === 401 ? <a href={signInUrl()}>Sign in again</a> : null}
    </p>
  );
};

const View = ({ place: { view, id } }: { readonly place: Place }) => {
  switch (view) {
    case 'plans':
      return id === undefined ? <Plans /> : <Plan key={id} id={id} />;
    case 'campaigns':
      return id === undefined ? <Campaigns /> : <Campaign key={id} id={id} />;
    case 'devices':
      return id === undefined ? <Devices /> : <Device key={id} id={id} />;
    case 'decisions':
      return <Decisions />;
    case 'history':
      return <History />;
    default:
      return <Fleet />;
  }
};

const root = document.getElementById('page');
if (root) {
  root.textContent = '';
  render(<App />, root);
}
