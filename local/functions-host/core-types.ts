/**
 * Shapes of the worker's private `@azure/functions-core`, as `@azure/functions` 4.16 uses them; Microsoft publishes no types
 * for it. Only what passes here.
 */
export const logLevels = ['trace', 'debug', 'information', 'warning', 'error', 'critical'] as const;
export type LogLevel = (typeof logLevels)[number];

export type Binding = {
  readonly type: string;
  readonly direction: 'in' | 'out' | 'inout';
  readonly [option: string]: unknown;
};

export type FunctionMetadata = {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: RpcRetryOptions;
};

type RpcDuration = { readonly seconds?: number };

export type RpcRetryOptions = {
  readonly retryStrategy?: 'exponentialBackoff' | 'fixedDelay' | number;
  /** -1: without end. */
  readonly maxRetryCount?: number;
  readonly delayInterval?: RpcDuration;
  readonly minimumInterval?: RpcDuration;
  readonly maximumInterval?: RpcDuration;
};

export type Handler = (...inputs: unknown[]) => unknown;

export type RegisteredFunction = FunctionMetadata & {
  /** The library names bindings by a hash. */
  readonly triggerName: string;
  readonly trigger: Binding;
  readonly handler: Handler;
};

export type TypedData = {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly http?: RpcHttp;
  readonly collectionBytes?: { readonly bytes: readonly Uint8Array[] };
};

type Nullable = Readonly<Record<string, { readonly value: string }>>;

export type RpcHttp = {
  readonly method?: string;
  readonly url?: string;
  readonly nullableHeaders?: Nullable;
  readonly nullableQuery?: Nullable;
  readonly nullableParams?: Nullable;
  readonly body?: TypedData | null;
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly unknown[];
};

export type InvocationResponse = {
  readonly returnValue?: TypedData | null;
  readonly outputData?: readonly { readonly name: string; readonly data: TypedData }[];
};

export type InvocationModel = {
  readonly getArguments: () => Promise<{ context: unknown; inputs: unknown[] }>;
  readonly invokeFunction: (
    context: unknown,
    inputs: unknown[],
    handler: Handler,
  ) => Promise<unknown>;
  readonly getResponse: (context: unknown, result: unknown) => Promise<InvocationResponse>;
};

export type CoreInvocationContext = {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  readonly request: {
    readonly invocationId: string;
    readonly functionId: string;
    readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
    readonly traceContext: { readonly traceParent: string };
    readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  };
  readonly log: (level: LogLevel, category: 'user' | 'system', message: string) => void;
};

export type ProgrammingModel = {
  readonly getInvocationModel: (context: CoreInvocationContext) => InvocationModel;
};
