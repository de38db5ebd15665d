import { messageOf, ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";

/** The members of onnxruntime-node and onnxruntime-web that are used; the two are alike in them. */
export type OnnxRuntime = {
  readonly name: string;
  createSession(path: string): Promise<OnnxSession>;
  tensor(type: string, data: OnnxData, dimensions: readonly number[]): OnnxTensor;
};

export type OnnxData = readonly string[] | OnnxNumbers;
export type OnnxNumbers =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

export type OnnxTensor = { readonly data: OnnxData; readonly dims: readonly number[]; readonly type: string };

/** An input or output: a free dimension is text (`""`, `"N"`), a fixed one is a number; only tensors have type and shape. */
export type OnnxValueMetadata = {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
};

export type OnnxSession = {
  readonly inputMetadata: readonly OnnxValueMetadata[];
  readonly outputMetadata: readonly OnnxValueMetadata[];
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OnnxTensor>>>;
};

type OnnxModule = {
  readonly InferenceSession: { create(path: string, options: object): Promise<OnnxSession> };
  readonly Tensor: new (type: string, data: OnnxData, dimensions: readonly number[]) => OnnxTensor;
  readonly env: { readonly wasm: { numThreads?: number } };
};

const SESSION_OPTIONS = {
  // Errors only: warnings about unused initializers are for the author of the model.
  logSeverityLevel: 3,
  // Threads that spin while they wait would take the processors from the run's frame work. Sleeping costs small models nothing.
  extra: { session: { intra_op: { allow_spinning: "0" } } },
};

type Importer = (name: string) => Promise<unknown>;

/**
 * The native runtime, or the WebAssembly one (half as fast) if the native one is not installed or does not start. Neither is a
 * dependency of this package: the native one is large and fetches more while it is installed.
 */
export async function loadOnnxRuntime(importer: Importer = (name) => import(name)): Promise<OnnxRuntime> {
  const reasons: string[] = [];
  for (const name of ["onnxruntime-node", "onnxruntime-web"]) {
    try {
      return wrap(name, moduleOf(await importer(name)));
    } catch (thrown) {
      reasons.push(`${name}: ${messageOf(thrown).split("\n")[0]}`);
    }
  }
  throw new ScoreframeError(
    "DEPENDENCY_MISSING",
    "An ONNX model needs the package onnxruntime-node or onnxruntime-web, and neither could be loaded. Run `npm install onnxruntime-node`; where " +
      "its install script cannot download, run `ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node` (the processor is still used at " +
      `full speed), or \`npm install onnxruntime-web\`. (${reasons.join("; ")})`,
    { details: { packages: ["onnxruntime-node", "onnxruntime-web"] } },
  );
}

/** Both are CommonJS packages, so their members may be on the default export only. */
function moduleOf(imported: unknown): OnnxModule {
  const module = imported as Partial<OnnxModule> & { readonly default?: OnnxModule };
  return module.InferenceSession === undefined && module.default !== undefined
    ? module.default
    : (module as OnnxModule);
}

function wrap(name: string, { InferenceSession, Tensor, env }: OnnxModule): OnnxRuntime {
  // More threads need a page that is isolated from other origins, which Node is not; the runtime would warn and use one.
  if (name === "onnxruntime-web") env.wasm.numThreads = 1;
  return {
    name,
    createSession: (path) => InferenceSession.create(path, SESSION_OPTIONS),
    tensor: (type, data, dimensions) => new Tensor(type, data, dimensions),
  };
}
