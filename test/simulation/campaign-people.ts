import { sleep } from '../../local/world.ts';
import { alwaysOpen } from '../../shared/campaign/calendar.ts';
import type { CampaignLimits } from '../../shared/campaign/campaign-limits.ts';
import type { CampaignCommand } from '../../shared/campaign/command-campaign.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import type { Goal } from '../../shared/planning/goal.ts';
import { hostOf } from '../support/a-hub.ts';
import { main } from '../support/a-question.ts';
import { type App, limitsOfCampaigns, limitsOfPlans } from './app.ts';
import type { Base } from './base.ts';
import type { CampaignDeed } from './script.ts';
import type { Stage } from './stage.ts';
import { minute } from './weather.ts';

const goalOf = ({ goal, hub }: CampaignDeed): Goal => {
  if (goal === 'rebalance' || goal === 'relocate') return { kind: goal };
  return { kind: goal === 'drill' ? 'drain' : goal, hub: hubHostName(hostOf(hub)) };
};

/** Plans, waits for the plan, and approves it as it is: who gets no answer tries again. */
export const carryOut = async (stage: Stage, act: { readonly does: 'campaign' } & CampaignDeed) => {
  const { base } = stage;
  const { world } = base;
  const goal = goalOf(act);
  const unknownAllowed = goal.kind === 'evacuate';
  const planned = { ...limitsOfPlans, cooldownMs: 0, imbalanceCount: 1, unknownAllowed };
  const { id: planId } = await insisting(stage, ({ plans }) =>
    plans.ask(main, goal, planned, 'a simulation', 'Otto'),
  );
  for (let look = 0; look < 40; look += 1) {
    await sleep(world, 30_000);
    const kept = await insisting(stage, ({ plans }) => plans.read(main, planId));
    if (kept?.state.kind === 'failed')
      return base.story.tell('Otto', `is told that it cannot be planned: ${kept.state.because}`);
    if (kept?.state.kind !== 'made') continue;
    const { hash, moveCount } = kept.state.plan;
    base.story.tell('Otto', `reads the plan: ${moveCount} moves`);
    if (moveCount === 0) return;
    const [from, to] = act.window ?? [];
    const windows = from && to ? [{ days: undefined, from, to }] : [];
    const limits: CampaignLimits = {
      ...limitsOfCampaigns,
      unknownAllowed,
      onFail: act.onFail,
      isDrill: act.goal === 'drill',
      calendar: { ...alwaysOpen, windows },
    };
    const id = `c-${world.dice.digits(20)}`;
    const approval = { scope: main, id, planId, hash, reason: 'a simulation', by: 'Otto' };
    const outcome = await insisting(stage, ({ manage }) =>
      manage.approve({ ...approval, limits: () => limits }),
    );
    if (outcome.kind !== 'approved') base.story.tell('Otto', `may not: ${outcome.kind}`);
    return;
  }
};

/** Who gets no answer asks again, a few times. */
const insisting = async <Answer>(
  { base: { world }, anApp }: Stage,
  ask: (app: App) => Promise<Answer>,
): Promise<Answer> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await Promise.race([ask(anApp()), late(world)]);
    } catch (error) {
      if (attempt === 5) throw error;
      await sleep(world, 20_000);
    }
  }
};

/** A process that dies does not answer. */
const late = async (world: Base['world']): Promise<never> => {
  await sleep(world, minute);
  throw new Error('no answer within a minute');
};

/** To the newest campaign that has not ended; a rollback, to the newest at all. */
export const command = async (stage: Stage, said: CampaignCommand): Promise<void> => {
  const { tell } = stage.base.story;
  const recent = await insisting(stage, ({ manage }) => manage.recent(main));
  const named =
    said === 'rollback'
      ? recent.find(({ order }) => order.source.kind === 'plan')
      : recent.find(({ state }) => state.kind !== 'ended');
  if (!named) return tell('Otto', 'finds no campaign');
  const outcome = await insisting(stage, ({ manage }) =>
    manage.command(main, named.order.id, said, 'a simulation', 'Otto'),
  );
  const why = outcome.kind === 'refused' ? `: ${outcome.because}` : '';
  tell('Otto', `says ${said} to ${named.order.id}: ${outcome.kind}${why}`);
};
