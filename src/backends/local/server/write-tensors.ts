import { writeJson } from "./write-json.ts";

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/**
 * Predictions as V2 outputs: one named `prediction`, or one per key of predictions that are objects. Null if they cannot be tensors: failed rows,
 * values of several kinds, lists of several lengths, null among values that are not floats.
 */
export function writeTensors(predictions: readonly unknown[]): string | null {
  const [first] = predictions;
  if (first === undefined) return null;
  if (!isObject(first)) return asList([tensorText("prediction", predictions)]);
  const names = Object.keys(first);
  const isUniform = predictions.every(
    (each) => isObject(each) && Object.keys(each).length === names.length && names.every((name) => name in each),
  );
  // An object whose only key is `error` means that the row failed.
  if (!isUniform || names.length === 0 || (names.length === 1 && names[0] === "error")) return null;
  const rows = predictions as readonly Readonly<Record<string, unknown>>[];
  // One output would come back without its name.
  return names.length === 1
    ? null
    : asList(
        names.map((name) =>
          tensorText(
            name,
            rows.map((row) => row[name]),
          ),
        ),
      );
}

function asList(tensors: readonly (string | null)[]): string | null {
  return tensors.includes(null) ? null : `[${tensors.join(",")}]`;
}

function tensorText(name: string, rows: readonly unknown[]): string | null {
  const lists = rows.map(listOf);
  const width = lists[0]?.length ?? null;
  if (lists.some((list) => (list?.length ?? null) !== width)) return null;
  // A list of one value, or of none, would come back as something else.
  if (width !== null && width < 2) return null;
  const values = width === null ? rows : lists.flatMap((list) => list ?? []);
  const datatype = datatypeOf(values);
  if (datatype === null) return null;
  const shape = [rows.length, width ?? 1];
  return `{"name":${JSON.stringify(name)},"shape":${JSON.stringify(shape)},"datatype":"${datatype}","data":${writeJson(values)}}`;
}

function listOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  const isNumbers = ArrayBuffer.isView(value) && !(value instanceof DataView);
  return isNumbers ? Array.from(value as unknown as ArrayLike<unknown>) : null;
}

function datatypeOf(values: readonly unknown[]): string | null {
  if (values.every((value) => typeof value === "string")) return "BYTES";
  if (values.every((value) => typeof value === "boolean")) return "BOOL";
  if (values.every(isInt64)) return "INT64";
  return values.every((value) => value === null || typeof value === "number" || typeof value === "bigint")
    ? "FP64"
    : null;
}

function isInt64(value: unknown): boolean {
  if (typeof value === "bigint") return value >= INT64.min && value <= INT64.max;
  return Number.isSafeInteger(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
