import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_REQUEST_OPTIONS } from "../../../../src/core/protocols/request-options.ts";
import type { EncodeOptions } from "../support/encode.ts";
import { encodeQuery } from "../support/encode.ts";
import type { Lab } from "../support/lab.ts";
import { createLab } from "../support/lab.ts";

let lab: Lab;

beforeEach(() => {
  lab = createLab();
});

afterEach(() => lab.remove());

/** What the model receives for the value of a SQL expression, in both forms of a row. */
async function encoded(value: string, options: EncodeOptions = {}): Promise<string> {
  const [object] = await encodeQuery(lab, `select ${value} as v`, options);
  const [array] = await encodeQuery(lab, `select ${value} as v`, { ...options, protocol: "dataframe_split" });
  const inObject = object?.slice('{"v":'.length, -1);
  const inArray = array?.slice('{"dataframe_split":{"columns":["v"],"data":[['.length, -"]]}}".length);
  expect(inArray).toBe(inObject);
  return inObject ?? "";
}

describe("a value on its way to the model", () => {
  test.each([
    ["a small integer", "42::tinyint", "42"],
    ["an int64 beyond 2^53", "9007199254740993::bigint", "9007199254740993"],
    ["the smallest int64", "(-9223372036854775808)::bigint", "-9223372036854775808"],
    ["the largest uint64", "18446744073709551615::ubigint", "18446744073709551615"],
    ["a float in its shortest spelling", "0.1::double", "0.1"],
    ["a float32 in its own shortest spelling", "0.1::float", "0.1"],
    ["the smallest double", "5e-324::double", "5e-324"],
    ["a negative zero", "'-0.0'::double", "-0.0"],
    ["a boolean", "true", "true"],
    ["a decimal as a number, every digit kept", "12345678901234567.8900::decimal(38,4)", "12345678901234567.8900"],
    ["a decimal below one", "-0.05::decimal(2,2)", "-0.05"],
    ["a decimal of 38 digits", `'${"9".repeat(38)}'::decimal(38,0)`, "9".repeat(38)],
    ["a list of decimals", "[1.50, null]::decimal(4,2)[]", "[1.50,null]"],
    [
      "decimals in structs, as text",
      "[{'a': 1.5::decimal(2,1), 't': '1.5', 'n': null::decimal(2,1)}, null]",
      '[{"a":"1.5","t":"1.5","n":null},null]',
    ],
    ["a date as ISO text", "date '1969-06-01'", '"1969-06-01"'],
    ["a timestamp as text", "timestamp '1970-01-01 00:00:01.234566'", '"1970-01-01 00:00:01.234566"'],
    ["a time as text", "time '23:59:59.999999'", '"23:59:59.999999"'],
    ["bytes as base64", "'\\xFF\\x00abc'::blob", '"/wBhYmM="'],
    [
      "text with quotes, line ends and control characters",
      "e'a\"b\\\\c\\n\\r\\t' || chr(1)",
      '"a\\"b\\\\c\\n\\r\\t\\u0001"',
    ],
    ["an emoji as itself", "'😀 ü '", '"😀 ü "'],
    ["a list with nulls", "[1, null, 3]::int[]", "[1,null,3]"],
    ["an empty list", "[]::int[]", "[]"],
    ["a list of bytes", "['\\xFF'::blob, null]", '["/w==",null]'],
    ["a struct, its null fields kept", "{'a': 1, 'b': null::varchar}", '{"a":1,"b":null}'],
    ["bytes in a struct", "{'a': '\\xFF'::blob, 'n': {'b': null::blob}}", '{"a":"/w==","n":{"b":null}}'],
    ["a list of structs with nulls", "[{'x': 1}, null, {'x': null}]", '[{"x":1},null,{"x":null}]'],
  ])("%s", async (_what, sql, expected) => {
    expect(await encoded(sql)).toBe(expected);
  });

  test.each(["'NaN'::double", "'Infinity'::double", "'-Infinity'::double", "'NaN'::float"])(
    "%s becomes null, because JSON has no such number",
    async (sql) => {
      expect(await encoded(sql)).toBe("null");
      expect(await encoded(`[${sql}, 1]`)).toBe("[null,1.0]");
    },
  );

  test.each([
    ["'NaN'::double", '"NaN"'],
    ["'-Infinity'::float", '"-Infinity"'],
    ["null::double", "null"],
    ["1e300::double", "1e+300"],
    ["['Infinity'::double, null, 0.5]", '["Infinity",null,0.5]'],
    ["[]::double[]", "[]"],
    ["{'a': 'NaN'::double, 'b': 'NaN', 'c': '\\x00'::blob}", '{"a":"NaN","b":"NaN","c":"AA=="}'],
    ["[{'x': [1.5::float]}, {'x': null}, null]", '[{"x":[1.5]},{"x":null},null]'],
    ["{'n': 7, 't': '1.5', 'f': 2::double}", '{"n":7,"t":"1.5","f":2.0}'],
  ])("%s is %s if NaN is sent as text", async (sql, expected) => {
    expect(await encoded(sql, { options: { ...DEFAULT_REQUEST_OPTIONS, nonFinite: "text" } })).toBe(expected);
  });

  test.each(["int", "bigint", "double", "varchar", "boolean", "date", "timestamp", "blob", "int[]", "struct(a int)"])(
    "a null of %s is null",
    async (type) => {
      expect(await encoded(`null::${type}`)).toBe("null");
    },
  );

  test("an instant keeps its moment", async () => {
    const text = JSON.parse(await encoded("timestamptz '2024-03-31 00:00:00.000001+02'")) as string;
    expect(text).toBe("2024-03-30T22:00:00.000001+00:00");
  });
});

describe("a record of CSV", () => {
  const nothing = { ...DEFAULT_REQUEST_OPTIONS, nonFinite: "text" } as const;

  test.each([
    ["null::int", ""],
    ["null::varchar", ""],
    ["null::boolean", ""],
    ["null::date", ""],
    ["null", ""],
    ["true", "true"],
    ["''", '""'],
    ["' a '", " a "],
    ["'a,b'", '"a,b"'],
    [`'say "hi"'`, '"say ""hi"""'],
    [`'"'`, '""""'],
    ["'NaN'::double", ""],
    ["4::double", "4.0"],
    ["12345678901234567.8900::decimal(38,4)", "12345678901234567.8900"],
    ["null::decimal(4,2)", ""],
    ["'\\xFF\\x00abc'::blob", "/wBhYmM="],
  ])("holds %s as %s", async (sql, cell) => {
    expect(await encodeQuery(lab, `select ${sql} as v, 7 as n`, { protocol: "csv" })).toEqual([`${cell},7`]);
  });

  test.each(["'Infinity'::double", "'NaN'::float"])("may hold %s by its name", async (sql) => {
    const [name = ""] = /[A-Z]\w+/i.exec(sql) ?? [];
    expect(await encodeQuery(lab, `select ${sql} as v`, { protocol: "csv", options: nothing })).toEqual([name]);
  });

  test("is never a blank line, which readers skip", async () => {
    expect(await encodeQuery(lab, "select null::int as v", { protocol: "csv" })).toEqual(['""']);
  });
});

describe("a row on its way to the model", () => {
  test.each([
    ["null", '{"d":0.10,"a":1,"b":"x","e":null,"f":null,"g":[2.5,null],"c":true}'],
    ["text", '{"d":0.10,"a":1,"b":"x","e":null,"f":"NaN","g":[2.5,"NaN"],"c":true}'],
  ] as const)("has decimals in their places, with non_finite as %s", async (nonFinite, row) => {
    const sql = `select 0.10::decimal(4,2) as d, 1 as a, 'x' as b, null::decimal(9,0) as e, 'NaN'::double as f,
      ['2.5', 'NaN']::double[] as g, true as c`;
    expect(await encodeQuery(lab, sql, { options: { ...DEFAULT_REQUEST_OPTIONS, nonFinite } })).toEqual([row]);
  });

  const odd = [
    "*",
    "^a.*$",
    "lazy",
    "height",
    "__proto__",
    "row_id",
    "a.b",
    'say "hi"',
    "two words",
    "columns",
    "writeIPC",
  ];
  const select = odd.map((name, index) => `${index} as "${name.replaceAll('"', '""')}"`).join(", ");

  test("keeps column names that would mean something else to the engine, in their order", async () => {
    const [line = ""] = await encodeQuery(lab, `select ${select}`);
    expect(line).toBe(`{${odd.map((name, index) => `${JSON.stringify(name)}:${index}`).join(",")}}`);
  });

  test("names its columns once per line if the protocol does so", async () => {
    const [line = ""] = await encodeQuery(lab, `select ${select}`, { protocol: "dataframe_split" });
    const numbers = odd.map((_name, index) => index).join(",");
    expect(line).toBe(`{"dataframe_split":{"columns":${JSON.stringify(odd)},"data":[[${numbers}]]}}`);
  });

  test("holds the features only, in the order of the job", async () => {
    const lines = await encodeQuery(lab, "select 1 as a, 2 as b, 3 as c", { features: ["c", "a"] });
    expect(lines).toEqual(['{"c":3,"a":1}']);
  });

  test("is the same from the middle of a table, also if structs in lists are null", async () => {
    const sql = "select [case when i % 3 = 0 then null else {'x': i} end, {'x': -i}] as v from range(9) r(i)";
    const all = await encodeQuery(lab, sql);
    expect(all[3]).toBe('{"v":[null,{"x":-3}]}');
    expect(await encodeQuery(lab, sql, { offset: 4, rows: 3 })).toEqual(all.slice(4, 7));
  });
});
