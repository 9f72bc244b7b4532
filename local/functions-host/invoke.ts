import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type {
  InvocationResponse,
  ProgrammingModel,
  RegisteredFunction,
  TypedData,
} from './core-types.ts';
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
  (model: ProgrammingModel, timeoutMs: number, log: Log): Invoke =>
  async (invoked, data, traceParent = newTraceParent()) => {
    try {
      return await inTime(run(model, invoked, data, traceParent, log), timeoutMs);
    } catch (error) {
      log('error', `Function.${invoked.name}`, `failed: ${describe(error)}`);
      throw error;
    }
  };

const run = async (
  model: ProgrammingModel,
  { name, bindings, triggerName, handler }: RegisteredFunction,
  data: TypedData,
  traceParent: string,
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
