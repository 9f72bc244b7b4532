import type { Campaign } from '../../shared/campaign/campaign.ts';
import { hubHostName } from '../../shared/domain/hub.ts';
import { moveIdIn } from '../../shared/domain/move.ts';
import type { Stage } from './stage.ts';

/** In the calm everything is settled, told of once, and where the record says [R1] [C5]. */
export const lawsOfTheEnd = (stage: Stage): void => {
  for (const { id } of stage.devices) endOfDevice(stage, id);
  const { laws, story } = stage.base;
  const { opened, settled, records } = laws.moves;
  const open = [...records.values()].filter(({ move }) => move).length;
  if (opened.size !== settled.length + open)
    story.violate(
      'R1',
      `${opened.size} moves were opened, ${settled.length} have ended, and ${open} are open`,
    );
  for (const campaign of laws.campaigns.all()) endOfCampaign(stage, campaign);
};

const endOfDevice = ({ base, dps }: Stage, id: string): void => {
  const { hubs, world, laws, story } = base;
  const record = laws.moves.recordOf(id);
  const on = [...hubs.values()].filter(({ devices }) => devices.has(id));
  // A request into quarantine waits for a week.
  if (record?.move && record.move.deadline > world.now()) return;
  if (record?.move) story.violate('M6', `${record.move.id} never settled`, id);
  if (record?.leftover) story.violate('R1', `the request of ${id} was never cleared`, id);
  // DPS may leave an identity behind on a hub that was down: what no move went through is for an inventory to find.
  if (dps.undocumented.unreachableSource === 'fails' && on.length > 1)
    story.violate('R1', `${id} is on ${on.length} hubs`, id);
  // DPS may lose a device between two hubs, one of which is down: if it does not register again, it is named.
  if (on.length === 0 && record?.finding?.kind !== 'missing')
    story.violate('R1', `${id} is on no hub, and nobody says so: ${record?.finding?.kind}`, id);
  for (const { hostName, devices } of on) {
    const held = devices.get(id);
    if (held?.desired.properties['reprovision'])
      story.violate('R1', `${id} still holds a request`, id);
    if (held?.session && record?.observed && record.observed.hub !== hostName)
      story.violate('M4', `${id} is on ${hostName}, and observed on ${record.observed.hub}`, id);
  }
};

const endOfCampaign = ({ base }: Stage, campaign: Campaign): void => {
  const { story, laws, hubs } = base;
  const { order, state } = campaign;
  if (state.kind !== 'ended') {
    const because = 'because' in state ? `: ${state.because}` : '';
    story.violate('R1', `${order.id} is ${state.kind} in the calm${because}`);
    return;
  }
  if (order.source.kind !== 'rollback' || state.outcome !== 'completed') return;
  const { campaignId } = order.source;
  const back = laws.campaigns.rowsOf(order.id);
  for (const [deviceId, { to }] of laws.campaigns.rowsOf(campaignId)) {
    const target = hubHostName(order.hubs[to] ?? '');
    const isThere = hubs.get(target)?.devices.has(deviceId) ?? false;
    const last = laws.moves.recordOf(deviceId)?.lastMove;
    const byIt = last?.id === moveIdIn(campaignId, deviceId) && last.verdict === 'verified';
    if (isThere && byIt && !back.has(deviceId))
      story.violate(
        'C5',
        `${deviceId} was moved by ${campaignId}, and its rollback forgot it`,
        deviceId,
      );
  }
};
