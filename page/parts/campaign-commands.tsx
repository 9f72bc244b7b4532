import { useState } from 'preact/hooks';
import type {
  CampaignHead,
  CampaignView,
  RollbackPreview,
} from '../../shared/wire/api/campaigns.ts';
import { ask, wordsOf } from '../api.ts';
import { usePage } from '../page.ts';
import { goTo } from '../place.ts';
import { counted } from '../words.ts';
import { Dialog } from './dialog.tsx';

type Props = {
  readonly view: CampaignView;
  /** Of the state that the person sees: what they order holds for that, and no other. */
  readonly etag: string | undefined;
  readonly again: () => void;
};

type Command = 'pause' | 'resume' | 'stop' | 'abort' | 'rollback';

const says: Readonly<Record<Exclude<Command, 'pause' | 'rollback'>, string>> = {
  resume:
    'It goes on. Where it was held, you have seen why, and what has failed is not held against it again.',
  stop: 'No more are asked, for good. Those on their way arrive.',
  abort:
    'The valve shuts: devices stay where they are, and every request that stands is taken back.',
};

const possible = ({ state }: CampaignView): readonly Command[] => {
  switch (state) {
    case 'ended':
      return ['rollback'];
    case 'held':
    case 'paused':
      return ['resume', 'stop', 'abort', 'rollback'];
    case 'stopping':
      return ['abort', 'rollback'];
    case 'aborting':
      return ['rollback'];
    default:
      return ['pause', 'stop', 'abort', 'rollback'];
  }
};

const names: Readonly<Record<Command, string>> = {
  pause: 'Pause now',
  resume: 'Resume …',
  stop: 'Stop …',
  abort: 'Abort …',
  rollback: 'Roll back …',
};

/** Pause is one click, since it can be taken back; all others ask first. */
export const CampaignCommands = ({ view, etag, again }: Props) => {
  const { scope, may } = usePage();
  const [asked, setAsked] = useState<Command>();
  const [seenTag, setSeenTag] = useState<string>();
  const [preview, setPreview] = useState<RollbackPreview>();
  const [fault, setFault] = useState<string>();
  if (!may('Operate')) return null;
  const path = `campaigns/${scope}/${view.id}`;
  // Of the state that stood there when it was chosen, whatever comes while the reason is typed.
  const seen = seenTag === undefined ? {} : { 'if-match': seenTag };
  const command = async (what: Command, reason: string): Promise<void> => {
    const order = what === 'rollback' ? { reason, hash: preview?.confirmWith } : { reason };
    const { body } = await ask('POST', `${path}/${what}`, order, what === 'pause' ? {} : seen);
    const { rollback } = body as CampaignHead;
    if (rollback !== undefined) goTo(scope, 'campaigns', rollback);
    again();
  };
  const choose = async (what: Command): Promise<void> => {
    setFault(undefined);
    setSeenTag(etag);
    try {
      if (what === 'pause') return await command('pause', 'paused on the page');
      if (what === 'rollback') {
        const { body } = await ask('POST', `${path}/rollback`, { reason: 'a dry run' });
        setPreview(body as RollbackPreview);
      }
      setAsked(what);
    } catch (error) {
      setFault(wordsOf(error));
    }
  };
  return (
    <>
      <p class="buttons">
        {possible(view).map((what) => (
          <button
            key={what}
            type="button"
            class={what === 'pause' ? 'main' : ''}
            onClick={() => void choose(what)}
          >
            {names[what]}
          </button>
        ))}
      </p>
      {fault === undefined ? null : (
        <p role="alert" class="fault">
          {fault}
        </p>
      )}
      {asked === undefined ? null : (
        <Dialog
          title={`${names[asked].replace(' …', '')}?`}
          does={names[asked].replace(' …', '')}
          isGrave={asked !== 'resume'}
          {...(asked === 'rollback' ? { typed: 'roll back' } : {})}
          act={(reason) => command(asked, reason)}
          close={() => setAsked(undefined)}
        >
          <p>{asked === 'rollback' ? rollbackText(preview) : says[asked as keyof typeof says]}</p>
        </Dialog>
      )}
    </>
  );
};

const rollbackText = (preview: RollbackPreview | undefined): string => {
  const count = counted(preview?.wouldReturn ?? 0, 'device');
  const bound = preview?.isBound
    ? ' Its windows and freezes hold: outside them nobody goes back.'
    : '';
  return `Everything goes back where it was: ${count}, as far as they can return.${bound}`;
};
