import { listElements, listUnderKey } from "./responses/json-spans.ts";
import type { OpenedRequest } from "./transport/opened-request.ts";

type TensorHead = { readonly name: string; readonly datatype: string; readonly shape: readonly number[] };

/** Separates a row's values of two tensors. JSON text on one line cannot contain it. */
const BETWEEN = "\n";

/** Splits a V2 request into rows: a row is its values in each tensor, byte for byte. */
export function openTensorEnvelope(body: Buffer): OpenedRequest {
  const { inputs, ...rest } = JSON.parse(body.toString()) as { readonly inputs: readonly TensorHead[] };
  const texts = listElements(body, listUnderKey(body, "inputs")).map(({ start, end }) => body.subarray(start, end));
  const columns = texts.map((text, index) => rowsOf(text, inputs[index]?.shape ?? []));
  const rows = (columns[0] ?? []).map((_, row) => Buffer.from(columns.map((column) => column[row]).join(BETWEEN)));
  return { rows, wrap: (part) => Buffer.from(writeRequest(part, inputs, rest)) };
}

function rowsOf(tensor: Buffer, [rows = 0, ...sizes]: readonly number[]): string[] {
  const values = listElements(tensor, listUnderKey(tensor, "data")).map(({ start, end }) =>
    tensor.toString("utf8", start, end),
  );
  const width = sizes.reduce((product, size) => product * size, 1);
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width).join(","));
}

function writeRequest(
  part: readonly Buffer[],
  inputs: readonly TensorHead[],
  rest: Readonly<Record<string, unknown>>,
): string {
  const rows = part.map((row) => row.toString().split(BETWEEN));
  const tensors = inputs.map(({ name, shape, datatype }, index) => {
    const head = JSON.stringify({ name, shape: [rows.length, ...shape.slice(1)], datatype });
    return `${head.slice(0, -1)},"data":[${rows.map((row) => row[index]).join(",")}]}`;
  });
  const { id, ...others } = rest;
  const before = id === undefined ? "" : `"id":${JSON.stringify(id)},`;
  const after = Object.keys(others).length === 0 ? "}" : `,${JSON.stringify(others).slice(1)}`;
  return `{${before}"inputs":[${tensors.join(",")}]${after}`;
}
