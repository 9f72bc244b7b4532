import type { TokenCredential } from '@azure/identity';
import { DiagLogLevel, diag, metrics } from '@opentelemetry/api';

export type AzureMonitor = {
  readonly connectionString: string;
  /** Who sends; undefined: whoever knows the connection string may. */
  readonly credential: (() => Promise<TokenCredential>) | undefined;
  readonly everyMs: number;
};

/**
 * Sends what is metered to Application Insights. Its packages are loaded for who asks for it alone. A fault of the service costs points
 * of a chart, never an answer.
 * @param complain hears what could not be sent.
 */
export const startAzureMonitor = async (
  { connectionString, credential, everyMs }: AzureMonitor,
  complain: (line: string) => void,
): Promise<void> => {
  const [{ AzureMonitorMetricExporter }, { MeterProvider, PeriodicExportingMetricReader }] =
    await Promise.all([
      import('@azure/monitor-opentelemetry-exporter'),
      import('@opentelemetry/sdk-metrics'),
    ]);
  const sender = credential ? { credential: await credential() } : {};
  const exporter = new AzureMonitorMetricExporter({
    connectionString,
    ...sender,
    disableOfflineStorage: true,
  });
  const quiet = () => undefined;
  const error = (...told: readonly unknown[]): void => {
    const because = told.map(String).join(' ').slice(0, 300);
    complain(JSON.stringify({ event: 'telemetry-not-sent', because }));
  };
  const logger = { error, warn: quiet, info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(logger, DiagLogLevel.ERROR);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: everyMs });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
};
