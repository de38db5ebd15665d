import { basename } from "node:path";
import { setImmediate } from "node:timers/promises";
import { messageOf, ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import type { ModelRow } from "../../../../model.ts";
import { rowByColumns } from "../../row-by-columns.ts";
import type { ServedModel } from "../../server/served-model.ts";
import { buildFeeds } from "./build-feeds.ts";
import type { OnnxInput } from "./onnx-input.ts";
import { describeInput } from "./onnx-input.ts";
import type { OnnxRuntime, OnnxSession, OnnxValueMetadata } from "./onnx-runtime.ts";
import { loadOnnxRuntime } from "./onnx-runtime.ts";
import { readOutputs } from "./read-outputs.ts";

/** The runtime works on the thread of the server, so a long call would keep `/ping` waiting. */
const MAX_ROWS_PER_CALL = 5000;

type OnnxModel = {
  readonly runtime: OnnxRuntime;
  readonly session: OnnxSession;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
  readonly rowsPerCall: number;
};

/** Loads an ONNX file. Throws `DEPENDENCY_MISSING` without a runtime, `MODEL_LOAD_FAILED` if the file cannot be served. */
export async function loadOnnxModel(path: string, runtime?: OnnxRuntime): Promise<ServedModel> {
  const engine = runtime ?? (await loadOnnxRuntime());
  const session = await createSession(engine, path);
  const inputs = session.inputMetadata.map(describeInput);
  const { names, warnings } = chooseOutputs(session.outputMetadata);
  const rowsPerCall = Math.min(MAX_ROWS_PER_CALL, ...inputs.map(({ fixedRows }) => fixedRows ?? MAX_ROWS_PER_CALL));
  const model: OnnxModel = { runtime: engine, session, inputs, outputs: names, rowsPerCall };
  return {
    description: `ONNX model ${basename(path)} (${engine.name})`,
    warnings,
    predict: (rows) => predict(model, rows),
    rowOf: rowByInputs(inputs),
    example: exampleOf(inputs),
  };
}

async function createSession(runtime: OnnxRuntime, path: string): Promise<OnnxSession> {
  try {
    return await runtime.createSession(path);
  } catch (thrown) {
    const said = messageOf(thrown).trim().replace(/\.$/, "");
    const fix =
      "If the file is cut off or not an ONNX model, export it again. If the runtime is too old for it, install a newer one.";
    throw loadFailed(`${runtime.name} cannot load ${path}: ${said}. ${fix}`, thrown);
  }
}

/** The runtimes load maps (scikit-learn's "zipmap") but cannot return them: the tensors are served, and a warning names the maps. */
function chooseOutputs(outputs: readonly OnnxValueMetadata[]): {
  names: readonly string[];
  warnings: readonly string[];
} {
  const names = outputs.filter(({ isTensor }) => isTensor).map(({ name }) => name);
  const others = outputs.filter(({ isTensor }) => !isTensor).map(({ name }) => name);
  if (others.length === 0) return { names, warnings: [] };
  const reason = `${others.join(", ")} cannot be read, because it is a map and not a tensor. Convert the model with zipmap=False: convert_sklearn(…, options={"zipmap": False})`;
  if (names.length === 0) throw loadFailed(`The ONNX model cannot be served: its output ${reason}.`);
  return { names, warnings: [`The ONNX model's output ${reason}. Only ${names.join(", ")} will be answered.`] };
}

async function predict(model: OnnxModel, rows: readonly ModelRow[]): Promise<readonly unknown[]> {
  if (rows.length <= model.rowsPerCall) return predictChunk(model, rows);
  const predictions: unknown[] = [];
  for (let start = 0; start < rows.length; start += model.rowsPerCall) {
    for (const prediction of await predictChunk(model, rows.slice(start, start + model.rowsPerCall)))
      predictions.push(prediction);
    await setImmediate();
  }
  return predictions;
}

/** Rows that cannot be fed are left out, and answered by what is wrong with them. */
async function predictChunk(model: OnnxModel, rows: readonly ModelRow[]): Promise<readonly unknown[]> {
  const { tensors, failures } = buildFeeds(model.runtime, model.inputs, rows);
  if (failures.size === 0) {
    return readOutputs(await model.session.run(tensors, model.outputs), model.outputs, rows.length);
  }
  const good = rows.filter((_, index) => !failures.has(index));
  const predictions = good.length === 0 ? [] : await predictChunk(model, good);
  let next = 0;
  return rows.map((_, index) => {
    const error = failures.get(index);
    if (error !== undefined) return { error };
    next += 1;
    return predictions[next - 1];
  });
}

/** The values of a row that is a list: one per input, or, if there is only one input, all of its values. */
function rowByInputs(inputs: readonly OnnxInput[]): NonNullable<ServedModel["rowOf"]> {
  const [only] = inputs;
  if (inputs.length === 1 && only !== undefined && only.rowShape.length > 0)
    return (values) => ({ [only.name]: values });
  return rowByColumns(inputs.map(({ name }) => name));
}

/** A row of plausible values, from the types and shapes of the inputs; free dimensions get one element. */
function exampleOf(inputs: readonly OnnxInput[]): ModelRow {
  return Object.fromEntries(
    inputs.map(({ name, rowShape, writer }) => [
      name,
      rowShape.reduceRight<unknown>((inner, size) => Array.from({ length: size ?? 1 }, () => inner), writer.sample),
    ]),
  );
}

function loadFailed(message: string, cause?: unknown): ScoreframeError {
  return new ScoreframeError("MODEL_LOAD_FAILED", message, cause === undefined ? {} : { cause });
}
