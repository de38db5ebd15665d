import fc from "fast-check";
import type { ProtocolId } from "../../../../src/core/protocols/protocol.ts";

/** Values as JSON text, and the type by which DuckDB reads them. */
type Kind = { readonly type: string; readonly text: fc.Arbitrary<string> };

export type Fault =
  | "drop-line"
  | "extra-line"
  | "drop"
  | "extra"
  | "row-error"
  | "line-error"
  | "not-json"
  | "empty"
  | "move"
  | "merge";

/** A table, the predictions for its rows, how it is cut, and what goes wrong with the answers. */
export type PairingCase = {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Rows of JSON texts, in the order of the columns. */
  readonly rows: readonly (readonly string[])[];
  /** DuckDB's types of the prediction columns, without their prefix. */
  readonly predicted: Readonly<Record<string, string>>;
  readonly predictions: readonly string[];
  readonly protocol: ProtocolId;
  readonly batchSize: number;
  readonly maxLineBytes: number;
  readonly maxFileBytes: number;
  /** Faults by a number that chooses a line of a shard. */
  readonly faults: readonly { readonly fault: Fault; readonly place: number }[];
};

/** All that could shadow, expand or escape something on the way. */
const NAMES = ["id", "*", "lazy", "a.b", "__proto__", 'q"q', "^c.*$", "naïve 😀", "columns", "value"];

const orNull = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: fc.constant("null") });

const integer = fc
  .oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constant(9007199254740993n), fc.bigInt(-9n, 9n))
  .map(String);
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => {
  const text = JSON.stringify(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
});
// DuckDB's JSON reader takes no U+0000, and half a surrogate pair is no text.
const text = fc
  .oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
    fc.constantFrom('"', "\n", "\r\n", '\\",[1]', "null", "😀", "\u2028", "\u0001"),
  )
  .map((value) => JSON.stringify(value.replaceAll("\0", "").toWellFormed()));
const boolean = fc.boolean().map(String);
const list = (element: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(element, { maxLength: 4 }).map((texts) => `[${texts.join(",")}]`);
const object = (fields: Record<string, fc.Arbitrary<string>>): fc.Arbitrary<string> =>
  fc.record(fields).map(
    (values) =>
      `{${Object.entries(values)
        .map(([name, value]) => `"${name}":${value}`)
        .join(",")}}`,
  );

const COLUMN_KINDS: readonly Kind[] = [
  { type: "BIGINT", text: orNull(integer) },
  { type: "DOUBLE", text: orNull(double) },
  { type: "VARCHAR", text: orNull(text) },
  { type: "BOOLEAN", text: orNull(boolean) },
  { type: "BIGINT[]", text: orNull(list(orNull(integer))) },
  { type: "STRUCT(a BIGINT, b VARCHAR)", text: orNull(object({ a: orNull(integer), b: orNull(text) })) },
  {
    type: "STRUCT(x DOUBLE, y VARCHAR[])[]",
    text: orNull(list(orNull(object({ x: orNull(double), y: orNull(list(orNull(text))) })))),
  },
];

const scalar = (type: string, value: fc.Arbitrary<string>) => ({
  predicted: { prediction: type },
  value: orNull(value),
});

const PREDICTION_KINDS = [
  scalar("BIGINT", integer),
  scalar("DOUBLE", double),
  scalar("VARCHAR", text),
  scalar("BOOLEAN", boolean),
  scalar("DOUBLE[]", list(orNull(double))),
  scalar("BIGINT[][]", list(orNull(list(integer)))),
  scalar("VARCHAR", fc.constant("null")),
  {
    predicted: { label: "VARCHAR", score: "DOUBLE" },
    value: orNull(object({ label: orNull(text), score: orNull(double) })),
  },
  {
    predicted: { flag: "BOOLEAN", detail: "STRUCT(a BIGINT, b VARCHAR[])" },
    value: object({ flag: orNull(boolean), detail: orNull(object({ a: integer, b: list(text) })) }),
  },
  {
    predicted: { boxes: "STRUCT(n BIGINT)[]" },
    value: object({ boxes: orNull(list(orNull(object({ n: orNull(integer) })))) }),
  },
];

const FAULTS: readonly Fault[] = [
  "drop-line",
  "extra-line",
  "drop",
  "extra",
  "row-error",
  "line-error",
  "not-json",
  "empty",
  "move",
  "merge",
];

/** Random cases; most lines are sound in most of them. */
export const pairingCase: fc.Arbitrary<PairingCase> = fc
  .record({
    columns: fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...COLUMN_KINDS)), {
      minLength: 1,
      maxLength: 4,
      selector: ([name]) => name,
    }),
    prediction: fc.constantFrom(...PREDICTION_KINDS),
    rows: fc.integer({ min: 1, max: 40 }),
    protocol: fc.constantFrom<ProtocolId>("instances", "dataframe_split", "json_lines"),
    batchSize: fc.integer({ min: 1, max: 9 }),
    // The largest row must fit: rows of these kinds stay far below the smaller limits.
    maxLineBytes: fc.constantFrom(6_000, 8_000, 1_000_000),
    maxFileBytes: fc.constantFrom(6_500, 9_000, 5_000_000),
    faults: fc.array(fc.record({ fault: fc.constantFrom(...FAULTS), place: fc.nat(1_000) }), { maxLength: 3 }),
  })
  .chain(({ columns, prediction, rows, ...rest }) =>
    fc.record({
      columns: fc.constant(columns.map(([name, { type }]) => ({ name, type }))),
      rows: fc.array(fc.tuple(...columns.map(([, kind]) => kind.text)), { minLength: rows, maxLength: rows }),
      predicted: fc.constant<Record<string, string>>(prediction.predicted),
      predictions: fc.array(prediction.value, { minLength: rows, maxLength: rows }),
      protocol: fc.constant(rest.protocol),
      batchSize: fc.constant(rest.batchSize),
      maxLineBytes: fc.constant(rest.maxLineBytes),
      maxFileBytes: fc.constant(rest.maxFileBytes),
      faults: fc.constant(rest.faults),
    }),
  );
