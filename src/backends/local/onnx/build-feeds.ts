import type { ModelRow } from "../../../model.ts";
import { ServerError } from "../server-error.ts";
import type { OnnxInput } from "./onnx-input.ts";
import { listInputs } from "./onnx-input.ts";
import type { OnnxRuntime, OnnxTensor } from "./onnx-runtime.ts";

export type Feeds = {
  readonly tensors: Readonly<Record<string, OnnxTensor>>;
  /** What is wrong with a row, by its index. While there is one, the tensors are not to be used. */
  readonly failures: ReadonlyMap<number, string>;
};

/** Takes an input's value out of a row: a scalar, or a list where the input holds several numbers a row. */
type Picker = (row: ModelRow) => unknown;

/** Turns rows into one tensor an input. Columns that are no input are ignored; one that all rows lack fails the request. */
export function buildFeeds(runtime: OnnxRuntime, inputs: readonly OnnxInput[], rows: readonly ModelRow[]): Feeds {
  const failures = new Map<number, string>();
  const tensors: Record<string, OnnxTensor> = {};
  for (const input of inputs) {
    const picker = pickerFor(input, inputs, rows);
    tensors[input.name] =
      input.rowShape.length === 0
        ? scalarTensor(runtime, input, inputs, rows, picker, failures)
        : listTensor(runtime, input, rows, picker, failures);
  }
  return { tensors, failures };
}

function pickerFor(input: OnnxInput, inputs: readonly OnnxInput[], rows: readonly ModelRow[]): Picker {
  if (rows.some((row) => Object.hasOwn(row, input.name))) return (row) => row[input.name];
  if (inputs.length > 1 || input.rowShape.length > 1) {
    throw new ServerError(
      400,
      "INVALID_REQUEST",
      `The rows have no column ${input.name}. The model's inputs are: ${listInputs(inputs)}. The columns sent are: ${columnsOf(rows)}.`,
    );
  }
  return matrixPicker(input, rows);
}

/** A model whose one input is a matrix knows its columns by position only: those of the first row, in its order. */
function matrixPicker(input: OnnxInput, rows: readonly ModelRow[]): Picker {
  const columns = Object.keys(rows[0] ?? {});
  const width = input.rowShape.length === 0 ? 1 : (input.rowShape[0] ?? columns.length);
  if (columns.length !== width) {
    throw new ServerError(
      400,
      "INVALID_REQUEST",
      `The model's input ${input.name} takes ${width} columns by position, and the rows have ${columns.length}: ${columnsOf(rows)}. ` +
        "Send exactly the features, in the order of the training.",
    );
  }
  if (input.rowShape.length === 0) return (row) => row[columns[0] ?? ""];
  return (row) => columns.map((column) => row[column]);
}

function scalarTensor(
  runtime: OnnxRuntime,
  input: OnnxInput,
  inputs: readonly OnnxInput[],
  rows: readonly ModelRow[],
  picker: Picker,
  failures: Map<number, string>,
): OnnxTensor {
  const { writer, name } = input;
  const data = writer.allocate(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] as ModelRow;
    const value = picker(row);
    const wrong =
      value === undefined ? `missing; the model's inputs are: ${listInputs(inputs)}` : writer.write(data, index, value);
    if (wrong !== null) failures.set(index, `The column ${name} is ${wrong}.`);
  }
  return runtime.tensor(input.type, data, input.rank === 1 ? [rows.length] : [rows.length, 1]);
}

function listTensor(
  runtime: OnnxRuntime,
  input: OnnxInput,
  rows: readonly ModelRow[],
  picker: Picker,
  failures: Map<number, string>,
): OnnxTensor {
  const shape = rowShapeOf(input, rows, picker);
  const width = shape.reduce((product, dimension) => product * dimension, 1);
  const data = input.writer.allocate(rows.length * width);
  for (let index = 0; index < rows.length; index += 1) {
    const wrong = writeList(input, data, index * width, width, picker(rows[index] as ModelRow));
    if (wrong !== null) failures.set(index, wrong);
  }
  return runtime.tensor(input.type, data, [rows.length, ...shape]);
}

function writeList(
  input: OnnxInput,
  data: OnnxTensor["data"],
  offset: number,
  width: number,
  value: unknown,
): string | null {
  const values = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
  if (values.length !== width) {
    return `The column ${input.name} has ${values.length} values, and the model takes ${width} of them.`;
  }
  for (let position = 0; position < width; position += 1) {
    const wrong = input.writer.write(data, offset + position, values[position]);
    if (wrong !== null) return `Value ${position + 1} of ${input.name} is ${wrong}.`;
  }
  return null;
}

/** Free dimensions take the size that the first row's list has there. */
function rowShapeOf(input: OnnxInput, rows: readonly ModelRow[], picker: Picker): readonly number[] {
  let level: unknown = picker(rows[0] as ModelRow);
  return input.rowShape.map((dimension) => {
    const size = dimension ?? (Array.isArray(level) ? level.length : 1);
    level = Array.isArray(level) ? level[0] : undefined;
    return size;
  });
}

function columnsOf(rows: readonly ModelRow[]): string {
  return Object.keys(rows[0] ?? {}).join(", ") || "none";
}
