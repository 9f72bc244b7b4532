import { type DpsClients, dpsClients } from '../adapters/dps/clients.ts';
import {
  type DeviceProfile,
  deviceMoveProfile,
  rehomeProfile,
} from '../adapters/iot-hub/device-profile.ts';
import { type HubClients, hubClients } from '../adapters/iot-hub/hub-clients.ts';
import { systemCredential } from '../adapters/system/credential.ts';
import type { MoveSettings } from '../config/move-settings.ts';

/** The hubs and the DPS instances, by the service SDKs: one client for each, whoever uses it. */
export type AzureAccess = {
  readonly hubs: HubClients;
  readonly dps: DpsClients;
  readonly profile: DeviceProfile;
};

export const azureAccess = ({ hubConnections, dps, device }: MoveSettings): AzureAccess => ({
  hubs: hubClients({ connectionStrings: hubConnections, credential: systemCredential }),
  dps: dpsClients(dps, systemCredential),
  profile: profileOf(device, dps),
});

const profileOf = (
  { profile, methodName, propertyName }: MoveSettings['device'],
  dps: MoveSettings['dps'],
): DeviceProfile => {
  if (profile === 'rehome') return rehomeProfile(methodName, propertyName);
  const idScopes = [...dps].map(([scope, { idScope = '' }]) => [scope, idScope] as const);
  return deviceMoveProfile(new Map(idScopes));
};
