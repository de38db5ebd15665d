import type { OnnxTensor } from "./onnx-runtime.ts";

/**
 * One object per row, keyed by output name: a scalar for `[N]` and `[N, 1]`, a list for `[N, k]`, lists of lists for more dimensions.
 * Throws if an output does not have the requested number of rows.
 */
export function readOutputs(
  outputs: Readonly<Record<string, OnnxTensor>>,
  names: readonly string[],
  rows: number,
): readonly Record<string, unknown>[] {
  const predictions: Record<string, unknown>[] = Array.from({ length: rows }, () => ({}));
  for (const name of names) {
    const tensor = outputs[name];
    if (tensor === undefined) throw new Error(`The model did not answer its output ${name}.`);
    addOutput(predictions, name, tensor, rows);
  }
  return predictions;
}

function addOutput(predictions: Record<string, unknown>[], name: string, tensor: OnnxTensor, rows: number): void {
  const [count, ...shape] = tensor.dims;
  if (count !== rows) {
    throw new Error(
      `The model's output ${name} has the shape [${tensor.dims.join(", ")}] for ${rows} rows; its first dimension must be the rows.`,
    );
  }
  const values = jsonValues(tensor);
  const width = shape.reduce((product, dimension) => product * dimension, 1);
  const scalar = shape.length === 0 || (shape.length === 1 && width === 1);
  for (let row = 0; row < rows; row += 1) {
    const prediction = predictions[row] as Record<string, unknown>;
    prediction[name] = scalar ? values[row] : nest(values.slice(row * width, (row + 1) * width), shape);
  }
}

function nest(values: readonly unknown[], shape: readonly number[]): readonly unknown[] {
  if (shape.length <= 1) return values;
  const [count = 0, ...rest] = shape;
  const width = values.length / count;
  return Array.from({ length: count }, (_, index) => nest(values.slice(index * width, (index + 1) * width), rest));
}

function jsonValues({ data, type }: OnnxTensor): readonly unknown[] {
  const values: readonly unknown[] = Array.from(data as ArrayLike<unknown>);
  if (type === "bool") return values.map(Boolean);
  if (type !== "int64" && type !== "uint64") return values;
  // Plain numbers if they are exact: they are written much faster than bigints.
  return values.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
}
