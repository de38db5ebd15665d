import { expect, test } from "vitest";
import { parse } from "yaml";
import type { CsvTable } from "./csv-bench.ts";
import { useCsvBench } from "./csv-bench.ts";

const csv = useCsvBench();

/** A column below a header, and a second column of numbers, which shows that it is a header. */
function column(...cells: readonly string[]): string {
  return `n|c\n${cells.map((cell, index) => `${index}|${cell}\n`).join("")}`;
}

async function typeOf(...cells: readonly string[]): Promise<string | undefined> {
  return (await csv.read(column(...cells))).types["c"];
}

test.each([
  ["BIGINT", ["0", "-5", "9223372036854775807"]],
  ["DECIMAL(38,0)", ["9223372036854775808", "-1"]],
  ["DOUBLE", ["39", "39.1", "-0.5"]],
  ["DOUBLE", ["39.0", "39.1"]],
  ["DOUBLE", ["1290.50", "41.00"]],
  ["DOUBLE", ["0.30000000000000004", "9007199254740993.5e0"].slice(0, 1)],
  ["DOUBLE", ["1e-05", "1.5e+300", "1e+16"]],
  ["DOUBLE", ["1.0E-5", "1.234E7", "0.5"]],
  ["DOUBLE", ["1.500000000000000000e+00", "0.000000000000000000e+00"]],
  ["DOUBLE", ["1", "NaN", "-inf", "Infinity"]],
  ["DOUBLE", ["-0.0", "1.5"]],
  ["DECIMAL(18,2)", ["1234567890123456.78", "0.10"]],
  ["BOOLEAN", ["true", "false"]],
  ["DATE", ["2024-02-29", "0001-01-01"]],
  ["TIME", ["00:00:00", "23:59:59.123456"]],
  ["TIMESTAMP", ["2024-05-01 10:00", "2024-05-01 10:00:00.123456"]],
  ["TIMESTAMP", ["2024-05-01T10:00:00"]],
  ["TIMESTAMP_NS", ["2024-05-01 10:00:00.123456789"]],
  ["TIMESTAMP WITH TIME ZONE", ["2024-05-01T10:00:00Z", "2024-05-01T10:00:00.5+02:00"]],
] as const)("a column is %s if each of its cells can be written back: %j", async (type, cells) => {
  expect(await typeOf(...cells)).toBe(type);
});

test.each([
  ["007", "008"],
  ["+5"],
  ["-0"],
  ["1.9", "1.10"],
  ["1.50", "2"],
  [".5"],
  ["5."],
  ["1,5"],
  ["1_000"],
  [" 5"],
  ["5 "],
  ["0x1F"],
  ["12E5"],
  ["1E5"],
  ["1e400"],
  ["1e-400", "1.5e-320"],
  ["NaN"],
  ["inf"],
  ["9".repeat(39)],
  ["9007199254740993", "2.5"],
  ["True", "False"],
  ["TRUE"],
  ["NO", "NO"],
  ["yes"],
  ["T"],
  ["24.04.1", "10.1.2"],
  ["31.12.24"],
  ["02.09.26"],
  ["01.02.2024"],
  ["2024/02/01"],
  ["2024-02-30"],
  ["0000-00-00"],
  ["2024-5-1"],
  ["24:00:00"],
  ["10:00"],
  ["2024-05-01", "2024-05-01 10:00:00"],
  ["2024-05-01T10:00:00", "2024-05-01 10:00:00"],
  ["2024-05-01 10:00:00", "2024-05-01 10:00:00Z"],
  ["2024-05-01 10:00:00.123456789Z"],
  ["1600-05-01 10:00:00.123456789"],
  ["true", "1"],
  ["1", "2024-05-01"],
  ["-", "NA"],
])("a column stays text, with every cell as it is: %s %s", async (...cells) => {
  const given = cells.filter((cell) => cell !== undefined);

  const { types, rows } = await csv.read(column(...given));

  expect(types["c"]).toBe("VARCHAR");
  expect(rows.map(([, cell]) => cell)).toEqual(given);
});

test("numbers keep every digit, and moments their instant", async () => {
  expect((await csv.read(column("1234567890123456.78", "-0.10"))).rows).toEqual([
    ["0", "1234567890123456.78"],
    ["1", "-0.10"],
  ]);
  expect((await csv.read(column("12345678901234567890", "1"))).rows[0]).toEqual(["0", "12345678901234567890"]);
  expect((await csv.read(column("2024-05-01T10:00+02", "2024-05-01T10:00:30Z"))).rows).toEqual([
    ["0", "2024-05-01 08:00:00+00"],
    ["1", "2024-05-01 10:00:30+00"],
  ]);
});

test("one late cell decides the type of a column, in whichever file it is", async () => {
  const rows = Array.from({ length: 30_000 }, (_, row) => `${row}|${row === 29_000 ? "n/k" : row}`);
  const late = `n|c\n${rows.join("\n")}\n`;

  expect((await csv.read(late)).types).toEqual({ n: "BIGINT", c: "VARCHAR" });
  expect((await csv.read([column("1"), column("2.5"), column("x")])).types["c"]).toBe("VARCHAR");
  expect((await csv.read([column("1"), column("2.50", "3.00"), column("4.5")])).types["c"]).toBe("DOUBLE");
  expect((await csv.read([column("12345678901234567890"), column("2.5")])).types["c"]).toBe("VARCHAR");
  expect((await csv.read([column("2024-05-01"), column("5")])).types["c"]).toBe("VARCHAR");
});

test("a column that is empty in some files has the type of the others, in all files it is text", async () => {
  expect((await csv.read([column("", ""), column("0.5"), "n|c\n"])).types["c"]).toBe("DOUBLE");
  expect((await csv.read([column("", ""), column("")])).types["c"]).toBe("VARCHAR");
});

test("an empty cell is null; in quotes it is the empty text among texts, and null among others", async () => {
  expect((await csv.read('n|c|d\n1|""|""\n2||\n3|x|2024-05-01\n')).rows).toEqual([
    ["1", "", null],
    ["2", null, null],
    ["3", "x", "2024-05-01"],
  ]);
});

test("a marker of a missing value among numbers and dates is null, with a warning; among texts it stays", async () => {
  const { types, rows, warnings } = await csv.read("n|x|d|t\n1|NA|?|NA\n2|39.1|2024-05-01|a\n3|NA|2024-05-02|-\n");

  expect(types).toEqual({ n: "BIGINT", x: "DOUBLE", d: "DATE", t: "VARCHAR" });
  expect(rows[0]).toEqual(["1", null, null, "NA"]);
  expect(warnings).toEqual([
    'In the table "t", texts that mark a missing value are read as null in columns of other types: "x" (NA 2 times, first in line 2), "d" (? once, first in line 2). ' +
      'Declare them for the table: nulls: ["NA", "?"], or keep the texts: types: { …: VARCHAR }.',
  ]);
});

test("declared nulls hold in every column, in quotes only among others than texts", async () => {
  const content = 'n|x|t\n1|"-999"|"NA"\n2|-999|NA\n3|2.50|b\n4|3.00|-999\n';

  const { types, rows, warnings } = await csv.read(content, { nulls: ["NA", "-999"] });

  expect(types).toEqual({ n: "BIGINT", x: "DOUBLE", t: "VARCHAR" });
  expect(rows).toEqual([
    ["1", null, "NA"],
    ["2", null, null],
    ["3", "2.5", "b"],
    ["4", "3.0", null],
  ]);
  expect(warnings).toEqual([]);
});

test("a declared format decides which columns are dates, strictly", async () => {
  const content = "n|d|e|s\n1|31.12.24|01.02.2024|2024-05-01\n2|01.01.25|x|2024-05-02\n";

  expect((await csv.read(content, { dateformat: "%d.%m.%y" })).types).toEqual({
    n: "BIGINT",
    d: "DATE",
    e: "VARCHAR",
    s: "DATE",
  });
  expect((await csv.read(content, { dateformat: "%d.%m.%y" })).rows[0]?.[1]).toBe("2024-12-31");
  const timed = await csv.read("n|d\n1|01/02/2024 03:04 PM\n2|12/31/2024 12:00 AM\n", {
    dateformat: "%m/%d/%Y %I:%M %p",
  });
  expect(timed).toMatchObject({
    types: { d: "TIMESTAMP" },
    rows: [
      ["1", "2024-01-02 15:04:00"],
      ["2", "2024-12-31 00:00:00"],
    ],
  });
  expect((await csv.read("n|d\n1|30.02.2024\n", { dateformat: "%d.%m.%Y" })).types["d"]).toBe("VARCHAR");
  expect(await csv.failure(content, { dateformat: "%d.%m.%Q" })).toContain("in which %Q is unknown");
  expect(await csv.failure(content, { dateformat: "%d.%m" })).toContain("must have a year, a month and a day");
});

test("declared types are those of the columns, and a declared text is the cell as it is", async () => {
  const content = 'id|zip|amount|flag|born|note\n1|007|1.50|yes|01.02.2024|""\n2|010||no||\n';

  const table = await csv.read(content, {
    dateformat: "%d.%m.%Y",
    types: { id: "VARCHAR", zip: "integer", AMOUNT: "decimal(18, 2)", flag: "BOOLEAN", born: "DATE", note: "VARCHAR" },
  });

  expect(table.types).toEqual({
    id: "VARCHAR",
    zip: "INTEGER",
    amount: "DECIMAL(18,2)",
    flag: "BOOLEAN",
    born: "DATE",
    note: "VARCHAR",
  });
  expect(table.rows).toEqual([
    ["1", "7", "1.50", "true", "2024-02-01", ""],
    ["2", "10", null, "false", null, null],
  ]);
});

test.each([
  [{ c: "INTEGER" }, "5.7"],
  [{ c: "TINYINT" }, "300"],
  [{ c: "DECIMAL(18,2)" }, "1.239"],
  [{ c: "DATE" }, "2024-02-30"],
  [{ c: "DATE" }, "24.04.1"],
  [{ c: "TIMESTAMP" }, "2024-05-01 10:00:00.1234567"],
  [{ c: "TIMESTAMP" }, "2024-05-01T10:00:00+02:00"],
  [{ c: "TIMESTAMP_NS" }, "2024-05-01 10:00-0730"],
  [{ c: "DATE" }, "2024-05-01 10:00:00"],
  [{ c: "TIME" }, "10:00:00.1234567"],
  [{ c: "TIME" }, "10:00:00+02"],
  [{ c: "TIME" }, "2024-05-01 10:00:00"],
  [{ c: "BOOLEAN" }, "maybe"],
  [{ c: "UUID" }, "x"],
])("a cell that its declared type cannot hold exactly is named: %j", async (types, cell) => {
  const message = await csv.failure([column("", ""), `n|c\n1|\n2|${cell}\n`], { types });

  expect(message).toMatch(
    new RegExp(
      `^TABLE_UNREADABLE: .*-2\\.csv\\) cannot be read: line 3 has "${cell.replaceAll(/[.+]/g, "\\$&")}" in the column "c", which is not an exact `,
    ),
  );
});

test("a declared type takes what it can hold, however it is written", async () => {
  const types = { d: "DATE", t: "TIME", l: "TIMESTAMP", z: "TIMESTAMPTZ" };
  const content =
    "n|d|t|l|z\n1|2024-05-01 00:00:00|10:00|2024-05-01T10:00:00Z|2024-05-01 10:00:00+02\n2|2024/5/1|10:00:00.1234560|2024-05-01|2024-05-01T10:00:00Z\n";

  const { rows } = await csv.read(content, { types });

  expect(rows).toEqual([
    ["1", "2024-05-01", "10:00:00", "2024-05-01 10:00:00", "2024-05-01 08:00:00+00"],
    ["2", "2024-05-01", "10:00:00.123456", "2024-05-01 00:00:00", "2024-05-01 10:00:00+00"],
  ]);
});

test("declared types must be types of columns that there are", async () => {
  expect(await csv.failure(column("1"), { types: { d: "BIGINT" } })).toContain(
    '`types` has "d", which is not one of its columns. The nearest name is "n"',
  );
  expect(await csv.failure(column("1"), { types: { c: "BIGNT" } })).toContain("The nearest is BIGINT");
  expect(await csv.failure(column("1"), { types: { c: "INT); DROP TABLE x; --" } })).toContain("DuckDB does not have");
});

test.each([
  [
    "a late cell",
    column(...Array.from({ length: 300 }, (_, row) => String(row)), "n.v."),
    '"c" (line 302 has "n.v."; nulls: ["n.v."], or TRY_CAST("c" AS DOUBLE) in the SQL',
  ],
  ["dates", column("31.12.2024", "01.02.2024"), `"c" (line 2 has "31.12.2024"; dateformat: '%d.%m.%Y')`],
  ["American dates", column("12/31/2024", "01/02/2024"), `dateformat: '%m/%d/%Y')`],
  ["yes and no", column("yes", "no"), "types: { c: BOOLEAN }"],
  ["decimal commas", column("1,5", "2,25"), `replace("c", ',', '.')::DOUBLE in the SQL`],
  ["thousands", column("1,234.50", "12"), `replace("c", ',', '')::DOUBLE in the SQL`],
  ["percent", column("12.5%", "7%"), `rtrim("c", ' %')::DOUBLE in the SQL`],
  ["money", column("$1,234.50", "-$5"), `regexp_replace("c", '[^-.0-9]', '', 'g')::DOUBLE in the SQL`],
  ["days of one digit", column("1/2/2024", "31/12/2024"), `dateformat: '%-d/%-m/%Y'`],
  [
    "leading zeros",
    column("007", "010"),
    "types: { c: VARCHAR } for codes, or types: { c: BIGINT }, which drops the zeros",
  ],
  [
    "points of thousands",
    column("1.234,56", "12,5", "7"),
    `replace(replace("c", '.', ''), ',', '.')::DOUBLE in the SQL`,
  ],
  ["R's truth values", column("TRUE", "FALSE", "NA"), `types: { c: BOOLEAN }, nulls: ["NA"]`],
  [
    "versions",
    column("1.9", "1.10"),
    '"c" (its numbers are written with different numbers of zeros at the end; types: { c: DOUBLE })',
  ],
])("a column that is nearly of another type is reported with what to declare: %s", async (_, content, part) => {
  const { warnings } = await csv.read(content);

  expect(warnings).toEqual([expect.stringContaining(part)]);
  expect(warnings[0]).toMatch(/^Columns of the table "t" are text, and may be meant as something else: /);
});

test("ordinary texts are not reported", async () => {
  expect((await csv.read("name,city\nAnn,Berlin\nBob,Wien\n")).warnings).toEqual([]);
});

test.each([
  [column(...Array.from({ length: 300 }, (_, row) => String(row)), "n.v.")],
  [column(...Array.from({ length: 300 }, (_, row) => String(row)), "1.2.3")],
  [column("5", "6", "Total")],
  [column("5", "6", "1e400")],
  [column("yes", "no", "No")],
  [column("1,5", "2,25")],
  [column("1,234.50", "-12")],
  [column("1.234,56", "12,5", "0,00", "7")],
  [column("TRUE", "FALSE", "NA")],
  [column("12.5%", "7 %")],
  [column("-$1,234.50", "$5")],
  [column("+5", "007 ")],
  [column("1.50", "2")],
  [column("-0", "5")],
  [column("31.12.24", "1.2.25")],
  [column("2024-5-1", "2024-12-31")],
  [column("2024-05-01T10:00:00.123456789Z")],
  [column("2024-05-01 10:00:00", "2024-05-02 10:00:00Z")],
  [column("2024-05-01 10:00:00", "2024-05-02T10:00:00")],
  [column("2024-05-01 10:00:00", "2024-05-02 10:00:00", "2024-05-02 10:00:00 UTC")],
  [[column("5"), column("2024-05-01")]],
  [[column("5", "6", "7"), column("abc")]],
])("what is proposed for a column reads every cell, and gives another type: %j", async (content) => {
  const { warnings } = await csv.read(content);
  const hint = /"c" \(.*?; (.+)\)/.exec(warnings.join())?.[1] ?? "";
  const [declared, sql = declared] = hint
    .split(", or TRY_CAST")
    .map((each, index) => (index === 0 ? each : `TRY_CAST${each}`));
  const key = /^(?:types|dateformat|nulls):/.test(declared ?? "");

  const read: CsvTable[] = [];
  if (key) read.push(await csv.read(content, parse(`{ ${declared} }`)));
  if (/ in the SQL/.test(sql ?? ""))
    read.push(await csv.read(content, {}, `SELECT ${sql?.split(" in the SQL")[0]} AS c FROM t`));

  expect(read.map(({ types }) => types["c"])).not.toEqual([]);
  for (const { types } of read) expect(types["c"]).not.toBe("VARCHAR");
});
