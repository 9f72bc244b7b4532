import { useRef, useState } from 'preact/hooks';
import type { AuditView } from '../../shared/wire/api/history.ts';
import { ask, wordsOf } from '../api.ts';
import { useLive } from '../live.ts';
import { State } from '../parts/state.tsx';
import { clock } from '../words.ts';

type Page = { readonly changes: readonly AuditView[]; readonly after: string | null };

/** Who changed what, before and after; the newest first. */
export const History = () => {
  const live = useLive<Page>('history?limit=50', 5_000);
  const [older, setOlder] = useState<Page>();
  const [fault, setFault] = useState<string>();
  const kept = useRef(new Map<string, AuditView>()).current;
  const first = live.body;
  const after = (older ?? first)?.after;
  const more = async (): Promise<void> => {
    try {
      const { body } = await ask(
        'GET',
        `history?limit=50&after=${encodeURIComponent(after ?? '')}`,
      );
      setOlder(body as Page);
    } catch (error) {
      setFault(wordsOf(error));
    }
  };
  // What was seen once stays, however much comes before it.
  for (const one of [...(older?.changes ?? []), ...(first?.changes ?? [])]) kept.set(one.id, one);
  const changes = [...kept.values()].sort((one, other) => (one.id < other.id ? 1 : -1));
  return (
    <section aria-labelledby="history">
      <h2 id="history">History</h2>
      {first?.changes.length === 0 ? <p class="quiet">Nobody has changed anything yet.</p> : null}
      <ol class="log">
        {changes.map((one) => (
          <Entry key={one.id} entry={one} />
        ))}
      </ol>
      {fault === undefined ? null : <p class="fault">{fault}</p>}
      {after ? (
        <button type="button" onClick={() => void more()}>
          Older
        </button>
      ) : null}
    </section>
  );
};

const Entry = ({ entry }: { readonly entry: AuditView }) => {
  const { at, by, operation, target, outcome, because, before, after } = entry;
  return (
    <li>
      <time dateTime={at}>{clock(at)}</time> <State is={outcome} /> <strong>{operation}</strong>{' '}
      {target} by {by}
      {because === null ? '' : `: ${because}`}
      {outcome === 'done' ? (
        <details>
          <summary>Before and after</summary>
          <div class="sides">
            <pre>{JSON.stringify(before, null, 2)}</pre>
            <pre>{JSON.stringify(after, null, 2)}</pre>
          </div>
        </details>
      ) : null}
    </li>
  );
};
