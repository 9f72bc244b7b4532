import type { EventHubProducerClient } from '@azure/event-hubs';
import type { TokenCredential } from '@azure/identity';
import { deviceKey } from '../../domain/device.ts';
import type { Deadline } from '../../ports/deadline.ts';
import type { LateDecision, LateDecisions } from '../../ports/late-decisions.ts';
import { toLateDecisionDocument } from '../../wire/late-decision-document.ts';
import { connect, type EventHubAddress } from './connect.ts';

export type BufferLimits = {
  /** How long one decision may take to be in the hub. */
  readonly timeoutMs: number;
  /** How many may be under way to it. */
  readonly sendingMax: number;
};

export const bufferLimits: BufferLimits = { timeoutMs: 5_000, sendingMax: 1_000 };

/**
 * Late decisions in an Event Hub, each device's in one partition: they outlive this process. The client is made when the first is late. What
 * the hub does not take, in time or at all, waits in the process instead.
 */
export const eventHubLateDecisions = (
  hub: EventHubAddress,
  credential: () => Promise<TokenCredential>,
  otherwise: LateDecisions,
  deadline: Deadline,
  { timeoutMs, sendingMax }: BufferLimits,
  complain: (line: string) => void,
): LateDecisions => {
  let made: Promise<EventHubProducerClient> | undefined;
  let sending = 0;
  let missedCount = 0;
  /** In an outage there are many: a line a second counts them. */
  const missed = (because: string): void => {
    missedCount += 1;
    if (missedCount > 1) return;
    setTimeout(() => {
      complain(JSON.stringify({ event: 'decisions-not-buffered', count: missedCount, because }));
      missedCount = 0;
    }, sayMs).unref();
  };
  const producer = (): Promise<EventHubProducerClient> => {
    made ??= connect(hub, credential);
    made.catch(() => {
      made = undefined; // the next one tries again
    });
    return made;
  };
  const send = (late: LateDecision): Promise<void> =>
    deadline(timeoutMs, async (abortSignal) => {
      const { scope, deviceId } = late.asked;
      // An id may be longer than a partition key: 128 characters.
      const options = { partitionKey: deviceKey(scope, deviceId).slice, abortSignal };
      const client = await producer();
      await client.sendBatch([{ body: toLateDecisionDocument(late) }], options);
    });
  return {
    keep: (late) => {
      if (sending >= sendingMax) return otherwise.keep(late);
      sending += 1;
      send(late)
        .catch((error: unknown) => {
          missed(error instanceof Error ? error.message : String(error));
          otherwise.keep(late);
        })
        .finally(() => {
          sending -= 1;
        });
    },
  };
};

const sayMs = 1_000;
