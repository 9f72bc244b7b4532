import { once } from 'node:events';
import { type Child, startChild } from './child.ts';
import type { Progress } from './devices/fleet.ts';
import type { LocalAzure } from './network/reach-local-azure.ts';

/** What the azure process is asked, and what it answers: one question at a time. */
export type ToAzure =
  | {
      readonly kind: 'start';
      readonly hubs: readonly string[];
      readonly registrationsPerMinute: number;
    }
  | { readonly kind: 'enroll'; readonly webhookUrl: string }
  | { readonly kind: 'provision virtual devices'; readonly count: number }
  | { readonly kind: 'count devices' }
  /** From now on, so many times those of Azure: a DPS's, and of S1 hubs with one unit. */
  | { readonly kind: 'enforce quotas'; readonly times: number }
  /** What quotas refused so far. */
  | { readonly kind: 'tell quotas' }
  /** Devices of other hubs register by themselves from now on. */
  | { readonly kind: 'register organically'; readonly perMinute: number }
  /** Nobody reaches it any more. */
  | { readonly kind: 'kill hub'; readonly hub: string };

export type FromAzure =
  | ({
      readonly kind: 'started';
      readonly settings: Readonly<Record<string, string>>;
      readonly idScope: string;
    } & LocalAzure)
  | { readonly kind: 'enrolled'; readonly groupKey: string }
  | { readonly kind: 'provisioned'; readonly progress: Progress }
  | { readonly kind: 'counted'; readonly deviceCounts: Readonly<Record<string, number>> }
  | { readonly kind: 'quotas'; readonly refused: RefusedCounts }
  | { readonly kind: 'done' }
  | { readonly kind: 'progress'; readonly progress: Progress };

export type RefusedCounts = { readonly registrations: number; readonly hubs: number };

type Answer<Kind extends FromAzure['kind']> = Extract<FromAzure, { kind: Kind }>;

/** IoT hubs, DPS and Cosmos DB in a process of their own. */
export type AzureProcess = Omit<Child, 'process'> &
  Answer<'started'> & {
    /** One enrollment group, `fleet`, with that webhook. Answers its key. */
    readonly enroll: (webhookUrl: string) => Promise<string>;
    readonly provisionVirtualDevices: (
      count: number,
      report: (progress: Progress) => void,
    ) => Promise<Progress>;
    /** By host name. */
    readonly countDevices: () => Promise<Readonly<Record<string, number>>>;
    readonly enforceQuotas: (times: number) => Promise<void>;
    readonly refused: () => Promise<RefusedCounts>;
    readonly registerOrganically: (perMinute: number) => Promise<void>;
    readonly killHub: (hub: string) => Promise<void>;
  };

/** @param hubs are host names. */
export const startAzureProcess = async (
  hubs: readonly string[],
  registrationsPerMinute: number,
  writeLog: (line: string) => void,
): Promise<AzureProcess> => {
  const {
    process: child,
    ended,
    stop,
  } = startChild(new URL('azure-main.ts', import.meta.url), process.env, writeLog);
  const ask = async <Kind extends FromAzure['kind']>(
    question: ToAzure,
    kind: Kind,
    report: (progress: Progress) => void = () => undefined,
  ): Promise<Answer<Kind>> => {
    child.send(question);
    for (;;) {
      const gone = ended.then((): never => {
        throw new Error('the azure process ended by itself');
      });
      const [told] = (await Promise.race([once(child, 'message'), gone])) as [FromAzure];
      if (told.kind === 'progress') report(told.progress);
      else if (told.kind === kind) return told as Answer<Kind>;
      else throw new Error(`The azure process answered ${told.kind} to ${question.kind}.`);
    }
  };
  const started = await ask({ kind: 'start', hubs, registrationsPerMinute }, 'started');
  return {
    ...started,
    ended,
    stop,
    enroll: async (webhookUrl) => (await ask({ kind: 'enroll', webhookUrl }, 'enrolled')).groupKey,
    provisionVirtualDevices: async (count, report) =>
      (await ask({ kind: 'provision virtual devices', count }, 'provisioned', report)).progress,
    enforceQuotas: async (times) => void (await ask({ kind: 'enforce quotas', times }, 'done')),
    refused: async () => (await ask({ kind: 'tell quotas' }, 'quotas')).refused,
    registerOrganically: async (perMinute) =>
      void (await ask({ kind: 'register organically', perMinute }, 'done')),
    killHub: async (hub) => void (await ask({ kind: 'kill hub', hub }, 'done')),
    countDevices: async () => (await ask({ kind: 'count devices' }, 'counted')).deviceCounts,
  };
};
