import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type {
  Binding,
  InvocationResponse,
  ProgrammingModel,
  RegisteredFunction,
  TypedData,
} from './core-types.ts';
import type { Log } from './log.ts';

export type Invoke = (
  invoked: RegisteredFunction,
  data: TypedData,
  besides?: Besides,
) => Promise<InvocationResponse>;

export type Besides = {
  readonly traceParent?: string | undefined;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
};

/** Takes what a function put into one of its outputs. */
export type WriteOutput = (binding: Binding, data: TypedData) => Promise<void>;

/**
 * Runs one function as the worker does, through the app's own library: arguments → handler → response. What the handler
 * throws, or a time-out, is logged and thrown on. A handler past its time-out is not stopped: in Azure its process would be.
 */
export const invoker =
  (model: ProgrammingModel, timeoutMs: number, log: Log, writeOutput: WriteOutput): Invoke =>
  async (invoked, data, besides = {}) => {
    try {
      const response = await inTime(run(model, invoked, data, besides, log), timeoutMs);
      for (const { name, data: given } of response.outputData ?? []) {
        const binding = invoked.bindings[name];
        if (binding) await writeOutput(binding, given);
      }
      return response;
    } catch (error) {
      log('error', `Function.${invoked.name}`, `failed: ${describe(error)}`);
      throw error;
    }
  };

const run = async (
  model: ProgrammingModel,
  { name, bindings, triggerName, handler }: RegisteredFunction,
  data: TypedData,
  { traceParent = newTraceParent(), triggerMetadata = {} }: Besides,
  log: Log,
): Promise<InvocationResponse> => {
  const invocationId = randomUUID();
  const invocation = model.getInvocationModel({
    invocationId,
    metadata: { name, bindings },
    request: {
      invocationId,
      functionId: name,
      inputData: [{ name: triggerName, data }],
      traceContext: { traceParent },
      triggerMetadata,
    },
    log: (level, category, message) =>
      log(level, category === 'user' ? `Function.${name}.User` : `Function.${name}`, message),
  });
  const { context, inputs } = await invocation.getArguments();
  return invocation.getResponse(context, await invocation.invokeFunction(context, inputs, handler));
};

const inTime = async <Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> => {
  const done = new AbortController();
  const late = after(timeoutMs, undefined, { signal: done.signal }).then(() => {
    throw new Error(`it ran longer than functionTimeout, ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
};

/** W3C trace context: version 00, sampled. */
const newTraceParent = (): string =>
  `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
