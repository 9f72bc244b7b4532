import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { FunctionsCore } from './core.ts';
import type { InvocationResponse, RegisteredFunction, TypedData } from './core-types.ts';
import type { Log } from './log.ts';

export type Invoke = (
  invoked: RegisteredFunction,
  data: TypedData,
  traceParent?: string,
) => Promise<InvocationResponse>;

/**
 * Runs one function as the worker does, through the app's own library: arguments → handler → response. What the handler
 * throws, or a time-out, is logged and thrown on. A handler past its time-out is not stopped: in Azure its process would be.
 */
export const invoker =
  (core: FunctionsCore, timeoutMs: number, log: Log): Invoke =>
  async (invoked, data, traceParent = newTraceParent()) => {
    try {
      return await inTime(run(core, invoked, data, traceParent, log), timeoutMs);
    } catch (error) {
      log('error', `Function.${invoked.name}`, `failed: ${describe(error)}`);
      throw error;
    }
  };

const run = async (
  core: FunctionsCore,
  { name, bindings, triggerName, handler }: RegisteredFunction,
  data: TypedData,
  traceParent: string,
  log: Log,
): Promise<InvocationResponse> => {
  const invocationId = randomUUID();
  const model = core.model().getInvocationModel({
    invocationId,
    metadata: { name, bindings },
    request: {
      invocationId,
      functionId: name,
      inputData: [{ name: triggerName, data }],
      traceContext: { traceParent },
    },
    log: (level, category, message) =>
      log(level, category === 'user' ? `Function.${name}.User` : `Function.${name}`, message),
  });
  const { context, inputs } = await model.getArguments();
  return model.getResponse(context, await model.invokeFunction(context, inputs, handler));
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
