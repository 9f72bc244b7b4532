import { useState } from 'preact/hooks';
import { ask, once } from '../api.ts';
import { usePage } from '../page.ts';
import { goTo } from '../place.ts';
import { Dialog } from './dialog.tsx';

const goals = {
  rebalance:
    'No hub past its fair share, with the fewest moves. Nothing moves until you carry it out.',
  relocate: 'Devices whose rules changed their mind go where they are allowed.',
} as const;

/** Plans that are of no one hub. */
export const AskForPlan = () => {
  const { scope, may } = usePage();
  const [goal, setGoal] = useState<keyof typeof goals>();
  const [key, setKey] = useState(once);
  const begin = (wanted: keyof typeof goals): void => {
    setKey(once());
    setGoal(wanted);
  };
  if (!may('Operate')) return null;
  const act = async (reason: string): Promise<void> => {
    const { body } = await ask('POST', `plans/${scope}`, { goal, reason }, key);
    goTo(scope, 'plans', (body as { readonly id: string }).id);
  };
  return (
    <p class="buttons">
      <button type="button" onClick={() => begin('rebalance')}>
        Plan a rebalance …
      </button>
      <button type="button" onClick={() => begin('relocate')}>
        Plan by the rules …
      </button>
      {goal === undefined ? null : (
        <Dialog title={`Plan: ${goal}?`} does="Plan it" act={act} close={() => setGoal(undefined)}>
          <p>{goals[goal]}</p>
        </Dialog>
      )}
    </p>
  );
};
