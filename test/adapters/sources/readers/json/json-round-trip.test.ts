import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SourceBench } from "../../source-bench.ts";
import { openSourceBench } from "../../source-bench.ts";

let bench: SourceBench;

beforeAll(async () => {
  bench = await openSourceBench();
});

afterAll(() => bench.close());

/** A value as it is written, and as it must come back: nulls of an object's fields are left out. */
type Written = { readonly json: string; readonly value: unknown };

const scalars: Readonly<Record<string, fc.Arbitrary<Written>>> = {
  text: fc
    .string({ unit: "binary" })
    .filter((text) => text.isWellFormed())
    .map((value) => ({ json: JSON.stringify(value), value })),
  digits: fc
    .constantFrom("2024-01-01", "10:00:00", "1.50", "true", "null", "")
    .map((value) => ({ json: JSON.stringify(value), value })),
  integer: fc
    .bigInt({ min: -(10n ** 25n), max: 10n ** 25n })
    .map((value) => ({ json: String(value), value: String(value) })),
  small: fc.integer().map((value) => ({ json: String(value), value: String(value) })),
  double: fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => ({ json: Object.is(value, -0) ? "-0.0" : asFraction(String(value)), value })),
  boolean: fc.boolean().map((value) => ({ json: String(value), value })),
};

/** With a point, so that it is no whole number for a reader of JSON. */
function asFraction(text: string): string {
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

const nothing: Written = { json: "null", value: null };

/** Values of one kind: a column of them keeps its type. */
function valuesOf(kind: keyof typeof scalars, shape: "scalar" | "list" | "object"): fc.Arbitrary<Written> {
  const scalar = fc.oneof({ weight: 5, arbitrary: scalars[kind] as fc.Arbitrary<Written> }, fc.constant(nothing));
  if (shape === "scalar") return scalar;
  if (shape === "list") {
    const list = fc.array(scalar, { maxLength: 4 }).map((items) => ({
      json: `[${items.map(({ json }) => json).join(" ,")}]`,
      value: items.map(({ value }) => value),
    }));
    return fc.oneof({ weight: 5, arbitrary: list }, fc.constant(nothing));
  }
  return fc.dictionary(fc.constantFrom("a", "b.c", 'd"e', "é"), scalar, { minKeys: 1, maxKeys: 4 }).map((fields) => ({
    json: `{${Object.entries(fields)
      .map(([name, { json }]) => `${JSON.stringify(name)}:\t${json}`)
      .join(", ")}}`,
    value: Object.fromEntries(
      Object.entries(fields)
        .map(([name, { value }]) => [name, value])
        .filter(([, value]) => value !== null),
    ),
  }));
}

const columnKind = fc.record({
  kind: fc.constantFrom(...Object.keys(scalars)),
  shape: fc.constantFrom("scalar" as const, "list" as const, "object" as const),
});

const table = fc
  .array(columnKind, { minLength: 1, maxLength: 5 })
  .chain((kinds) =>
    fc.array(fc.tuple(...kinds.map(({ kind, shape }) => valuesOf(kind, shape))), { minLength: 1, maxLength: 20 }),
  );

const layouts: Readonly<Record<string, (rows: readonly string[]) => string>> = {
  lines: (rows) => `${rows.join("\n")}\n`,
  array: (rows) => `[\n${rows.join(",\n")}\n]`,
  "objects one after the other": (rows) => rows.join(" "),
};

test.each(Object.entries(layouts))("rows of any values come back as they were: %s", async (_, layout) => {
  await fc.assert(
    fc.asyncProperty(table, async (rows) => {
      const texts = rows.map((row) => `{${row.map(({ json }, index) => `"c${index}": ${json}`).join(", ")}}`);
      await bench.write("t.json", layout(texts));

      const { path, columns } = await bench.extract(bench.sql("FROM t", { t: "t.json" }));
      // The driver gives a DECIMAL as a number, which loses digits.
      const exact = columns.map(({ name, type }) => `${name}::${type.replaceAll("DECIMAL(38,0)", "HUGEINT")}`);
      const values = await bench.query(`SELECT ${exact.join(", ")} FROM read_parquet('${path}')`);

      expect(values.map((row) => row.map(plain))).toEqual(rows.map((row) => row.map(({ value }) => plain(value))));
    }),
    { numRuns: 40 },
  );
});

/** What DuckDB's driver gives, as the test wrote it: whole numbers as their digits, objects without the fields that are null. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint" || (Number.isInteger(value) && !Object.is(value, -0))) return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field)]));
}
