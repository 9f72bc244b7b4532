import { stageOf } from '../campaign/stage.ts';
import type { DeviceRecord, Order, Traits } from '../domain/device.ts';
import { type Move, requestId, type SettledMove } from '../domain/move.ts';
import type { DeviceView, MoveView, SettledView } from './api/devices.ts';
import { timeOrNull, toIso } from './device-contract.ts';
import { etagOf } from './etag.ts';

/** A device as operators see it: times as ISO 8601, and what is known in sentences. */
export const toDeviceView = (record: DeviceRecord): DeviceView => ({
  scope: record.scope,
  deviceId: record.deviceId,
  registrationId: record.registrationId,
  home: record.home ?? null,
  observed: record.observed ? { hub: record.observed.hub, since: toIso(record.observed.at) } : null,
  enrollment: record.enrollment ?? null,
  move: record.move ? toMoveView(record.move) : null,
  finding: record.finding
    ? { kind: record.finding.kind, hub: record.finding.hub, since: toIso(record.finding.since) }
    : null,
  ghosts: [...record.ghosts],
  labels: { ...record.labels },
  lastMoveAt: timeOrNull(record.lastMoveAt),
  twin: record.traits ?? null,
  pin: record.pin ? toOrderView(record.pin) : null,
  quarantine: record.quarantine
    ? { ...toOrderView(record.quarantine), returnTo: record.quarantine.returnTo ?? null }
    : null,
  explained: explain(record),
});

/** Of what people said of it. */
export const deviceEtag = ({ labels, pin, quarantine }: Partial<DeviceRecord>): string =>
  etagOf([Object.entries(labels ?? {}).sort(), pin ?? null, quarantine ?? null]);

export const toMoveView = (move: Move): MoveView => ({
  ...toCommonView(move),
  stage: stageOf(move),
  nextLookAt: toIso(move.nextAt),
});

export const toSettledView = ({ move, verdict, because, settledAt }: SettledMove): SettledView => ({
  ...toCommonView(move),
  verdict,
  because,
  settledAt: toIso(settledAt),
});

const toCommonView = (move: Move) => ({
  id: move.id,
  campaignId: move.campaignId,
  from: move.from,
  to: move.to,
  reason: move.reason,
  requestId: requestId(move),
  requestsSent: move.sends,
  triggeredAt: toIso(move.triggeredAt),
  window: { from: toIso(move.notBefore), to: toIso(move.notAfter) },
  deadline: toIso(move.deadline),
  proof: {
    gone: move.proof.source?.held === false ? toIso(move.proof.source.since) : null,
    assigned: move.proof.target?.held ? toIso(move.proof.target.since) : null,
    heard: timeOrNull(move.proof.heard),
  },
});

const toOrderView = ({ since, because, by }: Order) => ({ since: toIso(since), because, by });

const findings = {
  missing:
    'Its identity was deleted where it was last seen, and turned up nowhere: it is looked for.',
  decommissioned: 'It is on no hub and not in DPS.',
  stray: 'It turned up where it was last seen, which is not its home.',
  contested: 'It was sent home in vain, several times: somebody else sends it where it is.',
  splitHome: 'Several hubs hold its identity, and it is at work on none.',
} as const;

/** Why it is where it is, as far as is known. */
const explain = (record: DeviceRecord): readonly string[] => {
  const {
    observed,
    home,
    move,
    pending,
    finding,
    ghosts,
    conflictsWith,
    leftover,
    pin,
    quarantine,
    traits,
  } = record;
  const said: string[] = [];
  said.push(observed ? `Last seen on ${observed.hub}.` : 'Never seen on a hub.');
  if (home && home !== observed?.hub) said.push(`Its home is ${home}.`);
  if (pending)
    said.push(`DPS was answered ${pending.hub} ${pending.calls} times; nothing confirms it yet.`);
  const labelled = Object.entries(record.labels).map(([name, value]) => `${name}=${value}`);
  if (labelled.length > 0) said.push(`Its labels: ${labelled.join(', ')}.`);
  if (quarantine) said.push(`It is in quarantine: ${quarantine.because} (${quarantine.by}).`);
  if (pin) said.push(`It is pinned: ${pin.because} (${pin.by}).`);
  if (quarantine)
    said.push('DPS is answered the hub of quarantine, while that is linked and open.');
  else if (move)
    said.push(
      `A move to ${move.to} is ${stageOf(move)}: while its window is open and ${move.to} takes devices, DPS is answered that.`,
    );
  else if (observed) said.push(`DPS is answered ${observed.hub}, while that is open.`);
  if (traits) said.push(...doubtsOf(traits));
  if (finding) said.push(findings[finding.kind]);
  if (ghosts.length > 0) said.push(`An identity of it was left behind on ${ghosts.join(', ')}.`);
  if (conflictsWith !== undefined)
    said.push(`It shares its key with ${conflictsWith}: it is not movable.`);
  if (leftover) said.push('What its last moves left in its twins is being cleared.');
  return said;
};

/** What its twin showed when it was last looked at, as far as it keeps it from being moved. */
const doubtsOf = ({ enabled, iotEdge, advertises }: Traits): readonly string[] => [
  ...(enabled ? [] : ['Its identity is disabled.']),
  ...(iotEdge ? ['It is an IoT Edge device: it is not moved.'] : []),
  ...(advertises ? [] : ['Its firmware does not say that it keeps the device contract.']),
];
