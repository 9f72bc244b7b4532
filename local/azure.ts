import { type CallWebhook, createDps, type Dps, type DpsOptions } from './dps/dps.ts';
import { askDps } from './dps/dps-http.ts';
import { postJson } from './dps/post-json.ts';
import { createHub, type IotHub, type IotHubOptions } from './iot-hub/hub.ts';
import { hubError } from './iot-hub/hub-error.ts';
import { askHub } from './iot-hub/hub-http.ts';
import { type Certificates, makeCertificates } from './network/certificates.ts';
import { listenHttps } from './network/https-front.ts';
import { listenMqtt } from './network/mqtt-front.ts';
import type { LocalAzure } from './network/reach-local-azure.ts';
import type { World } from './world.ts';

export type AzureOptions = {
  readonly hubs: readonly IotHubOptions[];
  readonly dps: Omit<DpsOptions, 'hubs' | 'callWebhook'>;
  /** How the DPS asks a webhook: by HTTP unless told. */
  readonly callWebhook?: CallWebhook;
};

/** IoT hubs and a DPS on 127.0.0.1, under their real names. */
export type Azure = LocalAzure & {
  readonly hubs: ReadonlyMap<string, IotHub>;
  readonly dps: Dps;
  /** For whatever else goes by a name of Azure. */
  readonly certificates: Certificates;
  readonly stop: () => Promise<void>;
};

/** Where devices register, whatever the DPS. */
export const globalDpsHost = 'global.azure-devices-provisioning.net';

export const startAzure = async (options: AzureOptions, world: World): Promise<Azure> => {
  const hubs = new Map(options.hubs.map((hub) => [hub.hostName, createHub(hub, world)]));
  const { callWebhook = postJson } = options;
  const dps = createDps({ ...options.dps, hubs: [...hubs.values()], callWebhook }, world);
  const names = [
    '*.azure-devices.net',
    '*.azure-devices-provisioning.net',
    '*.documents.azure.com',
    '*.servicebus.windows.net',
    '*.applicationinsights.azure.com',
  ];
  const certificates: Certificates = await makeCertificates(names);
  const https = await listenHttps(certificates, (host, ask) => {
    const hub = hubs.get(host);
    if (hub) return askHub(hub, ask);
    if (host === dps.hostName || host === globalDpsHost) return askDps(dps, ask);
    return hubError(404, 'IotHubNotFound', `Nothing is called ${host}`).reply;
  });
  const mqtt = await listenMqtt(certificates, {
    hub: (hostName) => hubs.get(hostName),
    dps: (idScope) => (idScope === dps.idScope ? dps : undefined),
  });
  const ports = { 443: https.port, 8883: mqtt.port };
  return {
    hubs,
    dps,
    certificates,
    authority: certificates.authority,
    redirects: { '.azure-devices.net': ports, '.azure-devices-provisioning.net': ports },
    stop: async () => {
      await Promise.all([https.stop(), mqtt.stop()]);
    },
  };
};
