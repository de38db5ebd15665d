import type { ModelRow } from "../../../../model.ts";
import { ServerError } from "../../server/server-error.ts";
import type { OnnxInput } from "./onnx-input.ts";
import { listInputs } from "./onnx-input.ts";
import type { OnnxRuntime, OnnxTensor } from "./onnx-runtime.ts";

export type Feeds = {
  readonly tensors: Readonly<Record<string, OnnxTensor>>;
  /** What is wrong with a row, by its index. The tensors are valid only if this is empty. */
  readonly failures: ReadonlyMap<number, string>;
};

/** Where an input's value is in a row. */
type Source = {
  /** A scalar, or a list if the input holds several numbers per row. */
  pick(row: ModelRow): unknown;
  /** The names of the list's elements, if each one is a separate column. */
  readonly columns: readonly string[] | null;
};

/** Turns rows into one tensor per input. Other columns are ignored; an input that is missing from all rows fails the request. */
export function buildFeeds(runtime: OnnxRuntime, inputs: readonly OnnxInput[], rows: readonly ModelRow[]): Feeds {
  const failures = new Map<number, string>();
  const tensors: Record<string, OnnxTensor> = {};
  for (const input of inputs) {
    const source = sourceOf(input, inputs, rows);
    tensors[input.name] =
      input.rowShape.length === 0
        ? scalarTensor(runtime, input, rows, source, failures)
        : listTensor(runtime, input, rows, source, failures);
  }
  return { tensors, failures };
}

function sourceOf(input: OnnxInput, inputs: readonly OnnxInput[], rows: readonly ModelRow[]): Source {
  const { name } = input;
  if (rows.some((row) => Object.hasOwn(row, name))) return { pick: (row) => row[name], columns: null };
  if (inputs.length === 1 && input.rowShape.length <= 1) return sourceByPosition(input, rows);
  throw invalidRequest(
    `The rows have no column ${name}. The model's inputs are: ${listInputs(inputs)}. The columns sent are: ${columnsOf(rows)}.`,
  );
}

/** A model whose only input is a matrix takes columns by position: those of the first row, in their order. */
function sourceByPosition(input: OnnxInput, rows: readonly ModelRow[]): Source {
  const columns = Object.keys(rows[0] ?? {});
  assertOrderKept(input, columns);
  const [width] = input.rowShape.length === 0 ? [1] : input.rowShape;
  if (columns.length !== (width ?? columns.length)) {
    throw invalidRequest(
      `The model's input ${input.name} takes ${width} columns by position, and the rows have ${columns.length}: ${columnsOf(rows)}. ` +
        "Send exactly the features, in the order of the training.",
    );
  }
  const [only = ""] = columns;
  if (input.rowShape.length === 0) return { pick: (row) => row[only], columns: null };
  return { pick: (row) => columns.map((column) => row[column]), columns };
}

/** JavaScript puts keys that are whole numbers before all others, regardless of the order in which they were added. */
function assertOrderKept({ name }: OnnxInput, columns: readonly string[]): void {
  const numbers = columns.filter((column) => /^(0|[1-9]\d*)$/.test(column));
  if (numbers.length === 0 || numbers.length === columns.length) return;
  throw invalidRequest(
    `The model's input ${name} takes columns by position, and the order of the columns is lost if some are named like numbers (${numbers.join(", ")}) ` +
      "and others are not. Give them other names in the SQL.",
  );
}

function scalarTensor(
  runtime: OnnxRuntime,
  input: OnnxInput,
  rows: readonly ModelRow[],
  { pick }: Source,
  failures: Map<number, string>,
): OnnxTensor {
  const { writer, name } = input;
  const data = writer.allocate(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    const value = pick(rows[index] as ModelRow);
    const wrong = value === undefined ? "missing" : writer.write(data, index, value);
    if (wrong !== null) failures.set(index, `The column ${name} is ${wrong}.`);
  }
  return runtime.tensor(input.type, data, input.rank === 1 ? [rows.length] : [rows.length, 1]);
}

function listTensor(
  runtime: OnnxRuntime,
  input: OnnxInput,
  rows: readonly ModelRow[],
  source: Source,
  failures: Map<number, string>,
): OnnxTensor {
  const shape = rowShapeOf(input, rows, source);
  const width = shape.reduce((product, dimension) => product * dimension, 1);
  const data = input.writer.allocate(rows.length * width);
  for (let index = 0; index < rows.length; index += 1) {
    const wrong = writeList(input, source, data, index * width, width, rows[index] as ModelRow);
    if (wrong !== null) failures.set(index, wrong);
  }
  return runtime.tensor(input.type, data, [rows.length, ...shape]);
}

function writeList(
  { name, writer }: OnnxInput,
  { pick, columns }: Source,
  data: OnnxTensor["data"],
  offset: number,
  width: number,
  row: ModelRow,
): string | null {
  const value = pick(row);
  if (!Array.isArray(value)) return `The column ${name} must be a list of ${width} values.`;
  const values: readonly unknown[] = columns === null ? value.flat(Number.POSITIVE_INFINITY) : value;
  if (values.length !== width) {
    return `The column ${name} has ${values.length} values, and the model takes ${width} of them.`;
  }
  for (let position = 0; position < width; position += 1) {
    const element = values[position];
    const wrong = element === undefined ? "missing" : writer.write(data, offset + position, element);
    if (wrong === null) continue;
    return columns === null
      ? `Value ${position + 1} of the column ${name} is ${wrong}.`
      : `The column ${columns[position]} is ${wrong}.`;
  }
  return null;
}

/** Free dimensions take the size that the first list has there. */
function rowShapeOf(input: OnnxInput, rows: readonly ModelRow[], { pick }: Source): readonly number[] {
  const first = rows.find((row) => Array.isArray(pick(row)));
  let level = first === undefined ? undefined : pick(first);
  return input.rowShape.map((dimension) => {
    const size = dimension ?? (Array.isArray(level) ? level.length : 1);
    level = Array.isArray(level) ? level[0] : undefined;
    return size;
  });
}

function columnsOf(rows: readonly ModelRow[]): string {
  return Object.keys(rows[0] ?? {}).join(", ") || "none";
}

function invalidRequest(message: string): ServerError {
  return new ServerError(400, "INVALID_REQUEST", message);
}
