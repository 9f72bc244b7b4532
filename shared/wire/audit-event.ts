import { createHash } from 'node:crypto';
import { deviceKey } from '../domain/device.ts';
import type { Instant } from '../domain/instant.ts';
import { parseScope } from '../domain/scope.ts';
import type { FeedItem } from '../ports/changes.ts';
import { toAuditView } from './audit-view.ts';
import { toCampaignHead } from './campaign-view.ts';
import { toDecisionView } from './decision-document.ts';
import { toIso } from './device-contract.ts';
import { toMoveView, toSettledView } from './device-view.ts';
import { toPlanView } from './plan-view.ts';

/**
 * A CloudEvent 1.0, in its structured JSON form. A change that breaks who reads it has another type.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export type AuditEvent = {
  readonly specversion: '1.0';
  /** Of this very write: told twice, it is the same. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time?: string;
  readonly datacontenttype: 'application/json';
  readonly data: object;
};

export const auditContentType = 'application/cloudevents+json; charset=utf-8';

type Told = {
  readonly type: string;
  readonly subject: string;
  /** undefined: it is not known when. */
  readonly at: Instant | undefined;
  readonly data: object;
  /** What is in order: a device, a plan, a campaign. */
  readonly orderedBy: string;
};

/** An event, and what it is ordered by. */
export const toAuditEvent = (
  change: FeedItem,
): { readonly event: AuditEvent; readonly orderedBy: string } => {
  const { type, subject, at, data, orderedBy } = told(change);
  const id = createHash('sha256').update(`${type} ${subject} ${change.version}`).digest('hex');
  return {
    orderedBy,
    event: {
      specversion: '1.0',
      id: id.slice(0, 32),
      source: '/rehome',
      type: `rehome.${type}.v1`,
      subject,
      ...(at === undefined ? {} : { time: toIso(at) }),
      datacontenttype: 'application/json',
      data,
    },
  };
};

const ofDevice = (scope: string, deviceId: string) => {
  const known = parseScope(scope);
  return {
    subject: `devices/${scope}/${encodeURIComponent(deviceId)}`,
    orderedBy: known ? deviceKey(known, deviceId).slice : scope,
  };
};

const told = (change: FeedItem): Told => {
  switch (change.kind) {
    case 'decision': {
      const { scope, deviceId, at } = change.decision;
      const data = { scope, ...toDecisionView(change.decision) };
      return { ...ofDevice(scope, deviceId), type: 'decision.made', at, data };
    }
    case 'open-move': {
      const { scope, deviceId, move } = change.record;
      const data = { scope, deviceId, ...(move ? toMoveView(move) : {}) };
      return { ...ofDevice(scope, deviceId), type: 'move.open', at: undefined, data };
    }
    case 'settled-move': {
      const { scope, deviceId, settled } = change;
      const data = { scope, deviceId, ...toSettledView(settled) };
      const at = settled.settledAt;
      return { ...ofDevice(scope, deviceId), type: 'move.settled', at, data };
    }
    case 'plan': {
      const { order, state } = change.kept;
      const data = toPlanView({ order, state, version: change.version });
      const at = state.kind === 'made' ? state.madeAt : undefined;
      const subject = `plans/${order.scope}/${order.id}`;
      return { type: 'plan.changed', subject, at, data, orderedBy: order.id };
    }
    case 'campaign': {
      const { order } = change.campaign;
      const subject = `campaigns/${order.scope}/${order.id}`;
      const data = toCampaignHead(change.campaign);
      return { type: 'campaign.changed', subject, at: undefined, data, orderedBy: order.id };
    }
    case 'audit': {
      const { entry } = change;
      const data = toAuditView(entry);
      const { target: subject, at, id } = entry;
      return { type: 'operation.told', subject, at, data, orderedBy: id };
    }
  }
};
