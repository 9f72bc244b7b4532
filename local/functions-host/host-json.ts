import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { oneLine } from '../one-line.ts';
import { logLevels } from './core-types.ts';

export type HostJson = z.output<typeof hostJson>;

/**
 * host.json, as far as it means something here. A value that this host could not honour is an error that names it.
 * @throws Error naming the file and every bad field.
 */
export const readHostJson = async (appFolder: string): Promise<HostJson> => {
  const read = hostJson.safeParse(
    JSON.parse(await readFile(path.join(appFolder, 'host.json'), 'utf8')),
  );
  if (!read.success) throw new Error(`host.json: ${oneLine(read.error)}`);
  return read.data;
};

/** `hh:mm:ss`, a .NET TimeSpan within a day, in milliseconds. */
const timeSpan = z
  .string()
  .regex(/^\d{2}:\d{2}:\d{2}$/, 'expected hh:mm:ss')
  .transform((text) => {
    const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
    return ((hours * 60 + minutes) * 60 + seconds) * 1000;
  });

const level = z.preprocess(
  (value) => (typeof value === 'string' ? value.toLowerCase() : value),
  z.enum([...logLevels, 'none']),
);

const unbounded = z.literal(-1, 'the embedded host does not throttle: expected -1').optional();

const hostJson = z.strictObject({
  version: z.literal('2.0'),
  extensionBundle: z.unknown().optional(), // of Azure alone: where its triggers and bindings come from
  functionTimeout: timeSpan.prefault('00:30:00'),
  logging: z
    .strictObject({
      logLevel: z.record(z.string(), level).default({}),
      applicationInsights: z.unknown().optional(), // of Azure alone
    })
    .prefault({}),
  extensions: z
    .strictObject({
      eventHubs: z
        .strictObject({ maxEventBatchSize: z.int().min(1).max(1_000).default(100) })
        .prefault({}),
      http: z
        .strictObject({
          routePrefix: z.string().default('api'),
          maxOutstandingRequests: unbounded,
          maxConcurrentRequests: unbounded,
          dynamicThrottlesEnabled: z
            .literal(false, 'the embedded host does not throttle: expected false')
            .optional(),
          customHeaders: z.record(z.string(), z.string()).default({}),
        })
        .prefault({}),
    })
    .prefault({}),
});
