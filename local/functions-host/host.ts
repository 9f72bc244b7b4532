import path from 'node:path';
import { adminPorter } from './admin.ts';
import { blobFolder } from './blob-folder.ts';
import { provideFunctionsCore } from './core.ts';
import type { RegisteredFunction } from './core-types.ts';
import { easyAuth, type Operator } from './easy-auth.ts';
import { eventGridPorter } from './event-grid-webhook.ts';
import { listenToEventHub } from './event-hub-listener.ts';
import { readHostJson } from './host-json.ts';
import { listen } from './http-listener.ts';
import { invoker } from './invoke.ts';
import type { HostKeys } from './keys.ts';
import { loadApp } from './load-app.ts';
import { leveledLog } from './log.ts';
import { listenToTimer } from './timer-listener.ts';

export type HostOptions = {
  /** Where the app's package.json and host.json are. */
  readonly appFolder: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly keys: HostKeys;
  /** Where blobs and checkpoints are kept: what outlives the process. `.local` in the app's folder unless told. */
  readonly stateFolder?: string;
  /** Who App Service authentication lets in; none: it is off. */
  readonly operators?: readonly Operator[];
};

export type Host = {
  readonly port: number;
  readonly functionNames: readonly string[];
  /** Answers what is under way, then closes. */
  readonly stop: () => Promise<void>;
};

/**
 * An Azure Functions host for an unmodified v4 app, in this process: its own `@azure/functions` registers and runs the functions,
 * this host triggers them. One a process, because the library's state is the process's.
 * @throws Error naming a trigger, binding or setting that it does not have.
 */
export const startHost = async (
  {
    appFolder,
    port,
    keys,
    stateFolder = path.join(appFolder, '.local'),
    operators = [],
  }: HostOptions,
  write: (line: string) => void,
): Promise<Host> => {
  const { functionTimeout, logging, extensions } = await readHostJson(appFolder);
  const core = provideFunctionsCore();
  await loadApp(appFolder);
  const log = leveledLog(logging.logLevel, write);
  const invoke = invoker(core.model(), functionTimeout, log, blobFolder(stateFolder));
  const functions = core.functions();
  refuseOtherTriggers(functions);
  const doors = ofType(functions, 'httpTrigger');
  const porters = [
    easyAuth(operators),
    adminPorter(functions, keys, invoke),
    eventGridPorter(ofType(functions, 'eventGridTrigger'), keys, invoke),
  ];
  const listener = await listen(doors, extensions.http, keys, invoke, port, log, porters);
  const timers = ofType(functions, 'timerTrigger')
    .filter(({ name }) => !isDisabled(name))
    .map((timed) => listenToTimer(timed, invoke));
  const consumers = await Promise.all(
    ofType(functions, 'eventHubTrigger').map((fed) =>
      listenToEventHub(fed, extensions.eventHubs, stateFolder, invoke, log),
    ),
  );
  return {
    port: listener.port,
    functionNames: functions.map(({ name }) => name),
    stop: async () => {
      await Promise.all([listener.stop(), ...[...timers, ...consumers].map(({ stop }) => stop())]);
    },
  };
};

const ofType = (functions: readonly RegisteredFunction[], type: string) =>
  functions.filter(({ trigger }) => trigger.type === type);

const triggerTypes = ['httpTrigger', 'timerTrigger', 'eventHubTrigger', 'eventGridTrigger'];

const refuseOtherTriggers = (functions: readonly RegisteredFunction[]): void => {
  for (const { name, trigger } of functions) {
    if (!triggerTypes.includes(trigger.type)) {
      throw new Error(
        `Function ${name}: the embedded host has no trigger of type ${trigger.type}.`,
      );
    }
  }
};

/**
 * A timer that is disabled does not fire, and is run by the admin endpoint alone.
 * @see https://learn.microsoft.com/azure/azure-functions/disable-function
 */
const isDisabled = (functionName: string): boolean =>
  process.env[`AzureWebJobs.${functionName}.Disabled`]?.toLowerCase() === 'true';
