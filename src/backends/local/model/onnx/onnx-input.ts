import { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import type { ElementWriter } from "./element-writers.ts";
import { elementWriter } from "./element-writers.ts";
import type { OnnxValueMetadata } from "./onnx-runtime.ts";

/** An input of a model, as far as rows can fill it. */
export type OnnxInput = {
  readonly name: string;
  readonly type: string;
  /** Dimensions of one row's value: `[]` for a scalar in a `[N]` or `[N, 1]` tensor; null where a dimension is free. */
  readonly rowShape: readonly (number | null)[];
  /** Dimensions between the number of rows and `rowShape` (`[1]` for a scalar in `[N, 1]`). */
  readonly rank: number;
  /** The most rows of one call if the model was exported with a fixed number, otherwise null. */
  readonly fixedRows: number | null;
  readonly writer: ElementWriter;
};

/** Reads a session's metadata of an input; throws `MODEL_LOAD_FAILED` if rows cannot fill it. */
export function describeInput({ name, isTensor, type, shape }: OnnxValueMetadata): OnnxInput {
  if (!isTensor || type === undefined || shape === undefined) throw unusable(name, "is not a tensor");
  const writer = elementWriter(type);
  if (writer === null) throw unusable(name, `has the type ${type}, which rows cannot hold`);
  if (shape.length === 0) throw unusable(name, "has no dimension for the rows");
  const [rows, ...rest] = shape.map(fixedSize);
  if (typeof rows === "number" && rows > 1) {
    throw unusable(name, `takes exactly ${rows} rows; export the model with a dynamic first dimension`);
  }
  const scalar = rest.length === 0 || (rest.length === 1 && rest[0] === 1);
  return { name, type, rank: shape.length, rowShape: scalar ? [] : rest, fixedRows: rows ?? null, writer };
}

/** A free dimension is text, or -1, which onnxruntime-web gives as an unsigned number. */
function fixedSize(dimension: number | string): number | null {
  return typeof dimension === "number" && dimension > 0 && dimension < 2 ** 31 ? dimension : null;
}

function unusable(name: string, reason: string): ScoreframeError {
  return new ScoreframeError("MODEL_LOAD_FAILED", `The ONNX model cannot be served: its input ${name} ${reason}.`);
}

/** `origin string, measurements float32 [4]`, for messages. */
export function listInputs(inputs: readonly OnnxInput[]): string {
  return inputs.map(({ name, type, rowShape }) => `${name} ${type}${describeShape(rowShape)}`).join(", ");
}

function describeShape(rowShape: readonly (number | null)[]): string {
  return rowShape.length === 0 ? "" : ` [${rowShape.map((dimension) => dimension ?? "any").join(", ")}]`;
}
