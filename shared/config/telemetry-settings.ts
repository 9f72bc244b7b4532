import { z } from 'zod';
import { readEnvironment } from './environment.ts';

/** Where metrics go; undefined: to whoever has registered for them by OpenTelemetry, if anybody. */
export type TelemetrySettings = {
  readonly azureMonitor:
    | {
        readonly connectionString: string;
        /** Whether it is entered by the app's own identity. */
        readonly byIdentity: boolean;
        readonly everyMs: number;
      }
    | undefined;
};

/**
 * Environment → TelemetrySettings. A bad one costs metrics alone.
 * @throws Error as `readEnvironment` does.
 */
export const readTelemetrySettings = (
  environment: NodeJS.ProcessEnv = process.env,
): TelemetrySettings => {
  const data = readEnvironment(telemetrySettings, environment);
  const { APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString = '' } = data;
  return {
    azureMonitor:
      data.REHOME_TELEMETRY === 'off'
        ? undefined
        : {
            connectionString,
            byIdentity: data.APPLICATIONINSIGHTS_AUTHENTICATION_STRING !== undefined,
            everyMs: data.OTEL_METRIC_EXPORT_INTERVAL,
          },
  };
};

/** A bad one costs metrics, and nothing else. */
export const telemetrySettings = z
  .object({
    REHOME_TELEMETRY: z
      .enum(['off', 'azure-monitor'])
      .default('off')
      .describe(
        'where [metrics](telemetry.md#metrics) go besides the log: `azure-monitor`, as custom metrics',
      ),
    OTEL_METRIC_EXPORT_INTERVAL: z.coerce
      .number()
      .int()
      .min(100)
      .max(3_600_000)
      .default(60_000)
      .describe('how often, in milliseconds'),
    APPLICATIONINSIGHTS_CONNECTION_STRING: z
      .string()
      .regex(
        /^InstrumentationKey=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(;|$)/i,
        'expected InstrumentationKey=…;IngestionEndpoint=…',
      )
      .optional()
      .describe('where to'),
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: z
      .string()
      .optional()
      .describe('that it is entered by the app’s own identity'),
  })
  .superRefine((data, context) => {
    if (data.REHOME_TELEMETRY === 'off' || data.APPLICATIONINSIGHTS_CONNECTION_STRING) return;
    context.addIssue({
      code: 'custom',
      path: ['REHOME_TELEMETRY'],
      message: 'needs APPLICATIONINSIGHTS_CONNECTION_STRING',
    });
  });
