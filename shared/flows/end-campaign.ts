import { type Campaign, type CampaignState, logged } from '../campaign/campaign.ts';
import { rowCountsOf } from '../campaign/wave.ts';
import type { HubState } from '../domain/hub.ts';
import type { Instant } from '../domain/instant.ts';
import type { HubDocuments } from '../ports/hub-documents.ts';
import { changeHub } from './change-hub.ts';
import { type LadderPorts, restoreEnrollments } from './climb-ladder.ts';
import { type PreparePorts, putRows } from './prepare-campaign.ts';
import { rollBack } from './roll-back.ts';
import { rowsBack } from './rows-back.ts';
import { takeMarksBack } from './take-marks-back.ts';

export type EndPorts = PreparePorts &
  Pick<LadderPorts, 'repair'> & { readonly hubDocuments: HubDocuments };

/** Under this name campaigns do what nobody ordered just then. */
export const runnerName = 'rehome';

/**
 * What is to be done before a campaign has ended; all of it may be done again. Answers the campaign as it is then: ended, or, where a
 * rollback finds stragglers, with one more wave.
 */
export const endCampaign = async (
  ports: EndPorts,
  campaign: Campaign,
  state: Extract<CampaignState, { readonly kind: 'ended' }>,
  now: Instant,
): Promise<Campaign> => {
  const { order } = campaign;
  const isWhole = order.source.kind === 'rollback' && state.outcome === 'completed';
  const more = isWhole ? await withStragglers(ports, campaign, now) : undefined;
  if (more) return more;
  await restoreEnrollments(ports, campaign);
  if (state.outcome !== 'completed') await takeMarksBack(ports, campaign);
  if (order.goal.kind === 'drain') await leaveHubs(ports, campaign, 'draining', 'cordoned');
  const back = goesBack(campaign, state);
  const ended = { ...campaign, state, runner: undefined };
  if (back === undefined) return logged(ended, entry(now, 'ended', state.because));
  const id = await rollBack(ports, campaign, back.because, back.by, now);
  const rolledBack = { ...ended, state: { ...state, rollback: id } };
  return logged(rolledBack, entry(now, `ended; ${id} takes everything back`, state.because));
};

const entry = (at: Instant, what: string, because: string) => ({
  at,
  by: runnerName,
  what,
  because,
});

const goesBack = (
  { state: before, order, log }: Campaign,
  { outcome, because }: Extract<CampaignState, { readonly kind: 'ended' }>,
): { readonly because: string; readonly by: string } | undefined => {
  const by = log.findLast(({ what }) => what === 'rollback')?.by ?? runnerName;
  if (before.kind === 'aborting' && before.rollsBack) return { because, by };
  const isDrill = order.limits.isDrill && order.source.kind === 'plan';
  return isDrill && outcome === 'completed'
    ? { because: 'the drill is over', by: order.by }
    : undefined;
};

/** Hubs that it changed, where nobody has changed them since. */
const leaveHubs = async (
  { hubDocuments, deadline }: EndPorts,
  { hubStates }: Campaign,
  from: HubState,
  to: HubState,
): Promise<void> => {
  for (const { hub, after } of hubStates)
    if (after === from)
      await changeHub(hubDocuments, deadline, hub, (known) =>
        known.state === from ? { ...known, state: to } : known,
      );
};

/** [C5] Devices that turned up on the target since: they go back as well, in a wave of their own [C1]. */
const withStragglers = async (
  ports: EndPorts,
  campaign: Campaign,
  now: Instant,
): Promise<Campaign | undefined> => {
  const { order, waves } = campaign;
  const known = new Set<string>();
  const pageCount = rowCountsOf(waves).length;
  for (let page = 0; page < pageCount; page += 1) {
    await ports.beat();
    const rows = await ports.deadline(timeoutMs, (signal) =>
      ports.campaigns.readPage(order.id, page, signal),
    );
    for (const { deviceId } of rows ?? []) known.add(deviceId);
  }
  const rows = await rowsBack(ports, order, known);
  const wave = await putRows(ports, order.id, pageCount, rows);
  if (!wave) return undefined;
  const state = {
    kind: 'running',
    wave: waves.length,
    phase: { kind: 'moving', since: now },
  } as const;
  const what = `${rows.length} stragglers`;
  return logged(
    { ...campaign, waves: [...waves, wave], state },
    entry(now, what, 'they turned up on their target since'),
  );
};

const timeoutMs = 10_000;
