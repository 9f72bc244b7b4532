import Module from 'node:module';
import { fileURLToPath } from 'node:url';
import type {
  FunctionMetadata,
  Handler,
  ProgrammingModel,
  RegisteredFunction,
} from './core-types.ts';

/** What the app has registered through its own `@azure/functions`. */
export type FunctionsCore = {
  readonly functions: () => readonly RegisteredFunction[];
  /** @throws Error when nothing was registered: the library hands its model over with the first function. */
  readonly model: () => ProgrammingModel;
};

/**
 * Makes `@azure/functions-core`, the private module through which `@azure/functions` finds its host, resolve to one of ours.
 * Call it before any app module is loaded: the library looks once, and remembers a failure for the life of the process.
 *
 * The library is CommonJS even in an ESM app, so patching `require`'s resolution reaches it. It is given no `log`, by which
 * it knows that HTTP streaming is not supported here and says so.
 */
export const provideFunctionsCore = (): FunctionsCore => {
  const registered = new Map<string, RegisteredFunction>();
  let model: ProgrammingModel | undefined;
  const api = {
    version: '3.16.1',
    hostVersion: '4.1053.0',
    registerFunction: (metadata: FunctionMetadata, handler: Handler) => {
      register(registered, metadata, handler);
      return { dispose: () => registered.delete(metadata.name) };
    },
    registerHook: (hook: string) => {
      throw new Error(`The embedded Functions host runs no hooks: ${hook}`);
    },
    setProgrammingModel: (given: ProgrammingModel) => {
      model = given;
    },
    getProgrammingModel: () => model,
  };
  Object.assign(globalThis, { [Symbol.for('rehome.functions-core')]: api });
  resolveHere(
    '@azure/functions-core',
    fileURLToPath(new URL('functions-core.cjs', import.meta.url)),
  );
  return {
    functions: () => [...registered.values()],
    model: () => {
      if (!model) throw new Error('The app registered no function with @azure/functions.');
      return model;
    },
  };
};

const register = (
  registered: Map<string, RegisteredFunction>,
  { name, bindings, retryOptions }: FunctionMetadata,
  handler: Handler,
): void => {
  if (registered.has(name)) throw new Error(`Function ${name} is registered twice.`);
  const found = Object.entries(bindings).find(([, binding]) => /trigger$/i.test(binding.type));
  if (!found) throw new Error(`Function ${name} has no trigger.`);
  const [triggerName, trigger] = found;
  const extra = Object.entries(bindings).find(
    ([key, binding]) =>
      key !== triggerName &&
      !(key === '$return' && binding.type === 'http') &&
      !(binding.type === 'blob' && binding.direction === 'out'),
  );
  if (extra) {
    throw new Error(`Function ${name}: the embedded host has no binding of type ${extra[1].type}.`);
  }
  const isEventHub = trigger.type === 'eventHubTrigger';
  if (!isEventHub && /%[^%]+%/.test(JSON.stringify(trigger))) {
    throw new Error(
      `Function ${name}: the embedded host does not resolve %settings% in a trigger.`,
    );
  }
  if (retryOptions && !isEventHub) {
    throw new Error(`Function ${name}: the embedded host has no retry policies but of Event Hubs.`);
  }
  const retry = retryOptions ? { retryOptions } : {};
  registered.set(name, { name, bindings, triggerName, trigger, handler, ...retry });
};

type Resolve = (request: string, ...rest: unknown[]) => string;

/** Node's own hook for this, `module.registerHooks`, misses a `require` inside a module that another hook has loaded. */
const resolveHere = (specifier: string, file: string): void => {
  const loader = Module as unknown as { _resolveFilename: Resolve };
  const original = loader._resolveFilename;
  loader._resolveFilename = function (this: unknown, request, ...rest) {
    return request === specifier ? file : original.call(this, request, ...rest);
  };
};
