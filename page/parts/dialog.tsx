import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { wordsOf } from '../api.ts';

type Props = {
  readonly title: string;
  /** What the button says. */
  readonly does: string;
  /** What has to be typed first; undefined: nothing. */
  readonly typed?: string;
  /** Whether it is hard to undo. */
  readonly isGrave?: boolean;
  readonly reason?: string;
  readonly children?: ComponentChildren;
  /** @throws what is told in the dialog. */
  readonly act: (reason: string) => Promise<void>;
  readonly close: () => void;
};

/** Asks before something is done: for the reason, and for a name, typed, where it is grave. Escape leaves it. */
export const Dialog = ({ title, does, typed, isGrave, reason, children, act, close }: Props) => {
  const box = useRef<HTMLDialogElement>(null);
  const [why, setWhy] = useState(reason ?? '');
  const [name, setName] = useState('');
  const [fault, setFault] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const ids = { title: useId(), why: useId(), name: useId() };
  useEffect(() => {
    box.current?.showModal();
  }, []);
  const isReady = why.trim() !== '' && (typed === undefined || name === typed) && !isBusy;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!isReady) return;
    setBusy(true);
    setFault(undefined);
    try {
      await act(why.trim());
      close();
    } catch (error) {
      setFault(wordsOf(error));
      setBusy(false);
    }
  };
  return (
    <dialog
      ref={box}
      aria-labelledby={ids.title}
      onClose={close}
      onCancel={(event) => isBusy && event.preventDefault()}
    >
      <form onSubmit={submit}>
        <h2 id={ids.title}>{title}</h2>
        {children}
        <label for={ids.why}>Why? It stands in the audit.</label>
        <input
          id={ids.why}
          value={why}
          maxLength={200}
          required
          onInput={({ currentTarget }) => setWhy(currentTarget.value)}
        />
        {typed === undefined ? null : (
          <>
            <label for={ids.name}>
              Type <code>{typed}</code> to confirm.
            </label>
            <input
              id={ids.name}
              value={name}
              autocomplete="off"
              spellcheck={false}
              onInput={({ currentTarget }) => setName(currentTarget.value)}
            />
          </>
        )}
        {fault === undefined ? null : (
          <p role="alert" class="fault">
            {fault}
          </p>
        )}
        <p class="buttons">
          <button type="button" disabled={isBusy} onClick={() => box.current?.close()}>
            Leave it
          </button>
          <button type="submit" class={isGrave ? 'grave' : 'main'} disabled={!isReady}>
            {isBusy ? 'Asking …' : does}
          </button>
        </p>
      </form>
    </dialog>
  );
};
