import { startAzureMonitor } from '../adapters/open-telemetry/azure-monitor.ts';
import { systemComplaint } from '../adapters/system/complaint.ts';
import { systemCredential } from '../adapters/system/credential.ts';
import type { TelemetrySettings } from '../config/telemetry-settings.ts';

/** Behind everybody's back: nothing waits for it. */
export const startTelemetry = ({ azureMonitor }: TelemetrySettings): void => {
  if (!azureMonitor) return;
  const { byIdentity, ...where } = azureMonitor;
  const credential = byIdentity ? systemCredential : undefined;
  startAzureMonitor({ ...where, credential }, systemComplaint).catch((error: unknown) => {
    const because = error instanceof Error ? error.message : String(error);
    systemComplaint(JSON.stringify({ event: 'telemetry-disabled', because }));
  });
};
