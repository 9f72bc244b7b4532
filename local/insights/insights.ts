import { z } from 'zod';
import type { TakesToken } from '../identity/identity.ts';
import type { HttpAsk, HttpReply } from '../json.ts';

/** A point of a series, as it was sent. */
export type Metric = {
  readonly name: string;
  readonly value: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether whoever sent it has shown a token. */
  readonly isByToken: boolean;
};

/** The core of Application Insights' ingestion, without sockets: it keeps the metrics that it is sent. */
export type Insights = {
  readonly takesToken: TakesToken;
  readonly instrumentationKey: string;
  readonly metrics: Metric[];
};

const envelope = z.object({
  data: z.object({
    baseData: z.object({
      metrics: z.array(z.object({ name: z.string(), value: z.number() })).default([]),
      properties: z.record(z.string(), z.string()).default({}),
    }),
  }),
});

export const createInsights = (takesToken: TakesToken): Insights => ({
  takesToken,
  instrumentationKey: '00000000-0000-0000-0000-00000000be40',
  metrics: [],
});

/** `POST /v2.1/track`, by a token where one is shown. */
export const askInsights = (
  { takesToken, metrics }: Insights,
  { method, url, headers, body }: HttpAsk,
): HttpReply => {
  if (method !== 'POST' || !url.endsWith('/track')) return { status: 404 };
  const token = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1];
  if (token !== undefined && !takesToken(token)) return { status: 401 };
  const sent = z.array(envelope).parse(JSON.parse(body));
  for (const { data } of sent)
    for (const metric of data.baseData.metrics)
      metrics.push({
        ...metric,
        attributes: data.baseData.properties,
        isByToken: token !== undefined,
      });
  const count = sent.length;
  return { status: 200, body: { itemsReceived: count, itemsAccepted: count, errors: [] } };
};
