import { campaignsApi } from './campaigns.ts';
import { decisionsApi } from './decisions.ts';
import { devicesApi } from './devices.ts';
import { historyApi } from './history.ts';
import { hubsApi } from './hubs.ts';
import { inventoryApi } from './inventory.ts';
import { plansApi } from './plans.ts';
import { policyApi } from './policy.ts';
import type { Api } from './route.ts';
import { statusApi } from './status.ts';

/** The management API, whole. */
export const apis: readonly Api[] = [
  statusApi,
  hubsApi,
  plansApi,
  campaignsApi,
  devicesApi,
  decisionsApi,
  policyApi,
  inventoryApi,
  historyApi,
];
