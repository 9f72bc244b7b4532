import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { FunctionMetadata } from '../local/functions-host/core-types.ts';

/** A function as the app has registered it. */
export type Registered = Pick<FunctionMetadata, 'name' | 'bindings' | 'retryOptions'>;

/** Every part of the app is on with these. Nothing is asked of what they name. */
const everything = {
  REHOME_COSMOS__accountEndpoint: 'https://rehome.documents.azure.com/',
  REHOME_EVENTS__fullyQualifiedNamespace: 'rehome.servicebus.windows.net',
  REHOME_EVENTS_HUB: 'device-events',
  REHOME_DECISIONS_HUB: 'decisions',
  REHOME_AUDIT_HUB: 'audit',
};

/**
 * What the app registers, in a process of its own, whose environment is this alone.
 * @param isGuarded whether App Service authentication stands before it.
 */
export const registeredFunctions = async (isGuarded: boolean): Promise<readonly Registered[]> => {
  const file = path.join(import.meta.dirname, 'print-registered.ts');
  const env = { ...everything, ...(isGuarded ? { WEBSITE_AUTH_ENABLED: 'true' } : {}) };
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env });
  return JSON.parse(stdout);
};
