import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { useCsvBench } from "./csv-bench.ts";

const csv = useCsvBench();

const NUMBERS = Array.from({ length: 100 }, (_, row) => `${row},${row}`);

test.each([
  ["a cell too many", ["a,b", "1,2", "3,4,5", "6,7"], "line 3 has 3 cells, and the header has 2"],
  ["a cell too few", ["a,b", "1,2", "3", "6,7"], "line 3 has 1 cell, and the header has 2"],
  ["a late ragged line", ["a,b", ...NUMBERS, "1,2,3"], "line 102 has 3 cells"],
  ["a ragged line after cells with line ends", ["a,b", '1,"x', 'y"', "1,2,3"], "line 4 has 3 cells"],
  ["a single column and one line of two", ["name", "x", "y", "x,y"], "line 4 has 2 cells, and the header has 1"],
  ["a quote that is not closed", ["a,b", '1,"x', "2,y"], "line 2 opens a quote that is not closed"],
  ["text after a quote", ["a,b", "1,2", '3,"x"y'], "line 3 has text after a closing quote"],
  ["quotes that a backslash escapes", ["a,b", '1,"x \\"y\\", z"'], 'escaped by a backslash: declare escape: "\\\\"'],
  ["a NUL", ["a,b", "1,x\0y"], "line 2 has a NUL byte"],
])("a file with %s is rejected with the line", async (_, lines, reason) => {
  expect(await csv.failure(`${lines.join("\n")}\n`)).toContain(reason);
});

test.each([
  ["CR LF", "\r\n", "a\nb"],
  ["CR LF", "\r\n", "a\rb"],
  ["CR LF", "\r\n", "a\n\rb\r\n"],
  ["LF", "\n", "a\r\nb"],
  ["CR", "\r", "a\nb"],
])("a cell keeps its line end, with any end of rows: %s", async (_, end, cell) => {
  expect((await csv.read(["id,t", `1,"${cell}"`, "2,c", ""].join(end))).rows).toEqual([
    ["1", cell],
    ["2", "c"],
  ]);
});

test("line ends of several kinds, blank lines and blanks around quotes lose no row", async () => {
  expect((await csv.read('\n\r\nid,t\r\n1,a b\n\n2, "c, d" \r\n"3",e f')).rows).toEqual([
    ["1", "a b"],
    ["2", "c, d"],
    ["3", "e f"],
  ]);
});

test("an empty line is a null in a table of one column, and nothing in others", async () => {
  expect((await csv.read('text\n"a b"\n\n""\n')).rows).toEqual([["a b"], [null], [""]]);
  expect((await csv.read("id,x\n1,2\n\n3,4\n\n")).rows.length).toBe(2);
});

test.each([
  ["delimiter", { delimiter: "#" }, "id#t\n1#a,b\n", "a,b"],
  ["delimiter", { delimiter: "\\t" }, "id\tt\n1\ta,b\n", "a,b"],
  ["quote", { quote: "'" }, "id,t\n1,'it''s, \"x\"'\n", 'it\'s, "x"'],
  ["escape", { escape: "\\" }, 'id,t\n1,"she said \\"yes\\", twice \\\\ \\n"\n', 'she said "yes", twice \\ \\n'],
])("the declared %s is used: %j", async (_, declared, content, cell) => {
  expect((await csv.read(content, declared)).rows).toEqual([["1", cell]]);
});

test("a delimiter that could be one of two is rejected", async () => {
  expect(await csv.failure("id;price,eur\n1;2,5\n")).toContain("as many `,` as `;`. Declare which one");
});

test.each([["sep=;\nid;x\n1;2\n"], ['"sep=;"\r\nid;x\r\n'], ["\uFEFFSEP=;\nid;x\n1;2\n"]])(
  "a first line for Excel is rejected with the delimiter that it gives: %j",
  async (content) => {
    expect(await csv.failure(content)).toContain('is for Excel only. Remove the line, and declare delimiter: ";"');
    expect(await csv.failure(["id;x\n1;2\n", content])).toMatch(/-2\.csv\) cannot be read: its first line/);
  },
);

test.each([
  ["^", '"^"'],
  ["~", '"~"'],
  [" ", '" "'],
  ["\u0001", '"\\x01"'],
])("cells with another character between them are rejected with what to declare: %j", async (delimiter, declared) => {
  const content = "id,x\n1,2.5\n2,3.5\n".replaceAll(",", delimiter);

  expect(await csv.failure(content)).toContain(`declare delimiter: ${declared} for the table`);
  expect((await csv.read(content, { delimiter })).types).toEqual({ id: "BIGINT", x: "DOUBLE" });
  expect((await csv.read(content, { delimiter: "," })).rows.length).toBe(2);
});

test.each([
  ["full name\nAnn Lee\nBob May\n"],
  ["created at\n2024-05-01 10:00:00\n"],
  ["text\n1 2\n3 4\n"],
  ["id\n1\n2\n"],
])("one column of text with blanks is read: %j", async (content) => {
  expect((await csv.read(content, { header: true })).rows.length).toBe(content.split("\n").length - 2);
});

test.each([
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
])("%s is read by its content, not by the file's name", async (name, compress) => {
  const packed = compress(Buffer.from("id,x\n1,2.5\n2,3.5\n"));

  expect((await csv.read([packed, "id,x\n3,4.5\n"])).rows.length).toBe(3);
  expect(await csv.failure(packed.subarray(0, packed.length - 6))).toContain(
    `its ${name} compression is damaged or cut off`,
  );
});

test.each([
  ["a ZIP archive", "PK\u0003\u0004", "ZIP archive"],
  ["a Parquet file", "PAR1", "Give the table `format: parquet`"],
])("%s is named as such", async (_, content, reason) => {
  expect(await csv.failure(content)).toContain(reason);
});

const TEXT = "id,city\n1,Köln\n2,Zürich\n";

test.each([
  ["UTF-16 by its mark", Buffer.from(`\uFEFF${TEXT}`, "utf16le"), undefined],
  ["big-endian UTF-16 by its mark", Buffer.from(`\uFEFF${TEXT}`, "utf16le").swap16(), undefined],
  ["UTF-16 as declared", Buffer.from(TEXT, "utf16le"), "utf-16"],
  ["windows-1252 as declared", Buffer.from(TEXT, "latin1"), "windows-1252"],
  ["UTF-8 as declared", Buffer.from(TEXT), "UTF-8"],
])("%s is read, and nothing is left of the conversion", async (_, content, encoding) => {
  const { rows } = await csv.read(content, encoding === undefined ? {} : { encoding });

  expect(rows).toEqual([
    ["1", "Köln"],
    ["2", "Zürich"],
  ]);
  expect(await readdir(join(csv.sources.folder, "temporary"))).toEqual([]);
});

test("bytes that are not of the encoding are named by their line", async () => {
  expect(await csv.failure(Buffer.from(TEXT, "latin1"))).toContain(
    "line 2 is not UTF-8. Write the file again as UTF-8, or declare its encoding for the table, such as encoding: windows-1252",
  );
  expect(await csv.failure(Buffer.from(TEXT, "utf16le"))).toContain("encoding: utf-16");
  expect(await csv.failure(Buffer.from([0x69, 0x64, 0x0a, 0x31, 0x0a, 0xff]), { encoding: "shift_jis" })).toContain(
    "is not shift_jis",
  );
  expect(await csv.failure(TEXT, { encoding: "utf8mb4" })).toContain('the encoding "utf8mb4" is unknown');
});

test("a cell of 3 MB is read", async () => {
  const cell = "x y".repeat(1_000_000);

  const { rows } = await csv.read(`id,t\n1,${cell}\n2,"${cell}"\n`);

  expect(rows.map(([, text]) => text === cell)).toEqual([true, true]);
});

test("2,000 columns and 300 rows are read with their types", async () => {
  const header = Array.from({ length: 2000 }, (_, index) => `c${index}`);
  const rows = Array.from({ length: 300 }, (_, row) => header.map((_name, index) => row + index / 2).join(","));

  const { types, rows: read } = await csv.read(`${header.join(",")}\n${rows.join("\n")}\n`);

  expect(new Set(Object.values(types))).toEqual(new Set(["BIGINT", "DOUBLE"]));
  expect(read.length).toBe(300);
});

/** As scoreframe writes CSV: null is an empty cell, the empty text is in quotes. */
function writeCsv(rows: readonly (readonly (string | null)[])[], end: string): string {
  const write = (cell: string | null): string =>
    cell === null ? "" : cell === "" || /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return rows.map((row) => row.map(write).join(",") + end).join("");
}

const CELL = fc.oneof(
  fc.constant(null),
  fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "ü", "'", "\\", "0", ".", "😀"), maxLength: 6 }),
  fc.constantFrom("", "NULL", "007", "1.10", "true", "2024-05-01", "-0", "1e5"),
);

test("texts that are written as CSV are read as they were", async () => {
  const rows = fc.array(fc.tuple(CELL, CELL), { maxLength: 30 });
  const property = fc.asyncProperty(rows, fc.constantFrom("\n", "\r\n", "\r"), async (cells, end) => {
    const content = writeCsv([["a", "b", "n"], ...cells.map((row, index) => [...row, `x${index}`])], end);
    const { rows: read } = await csv.read(content, { header: true, types: { a: "VARCHAR", b: "VARCHAR" } });
    expect(read).toEqual(cells.map((row, index) => [...row, `x${index}`]));
  });

  await fc.assert(property, { numRuns: 40 });
});

test("numbers that are written as CSV are read as they were", async () => {
  const numbers = fc.array(
    fc.tuple(fc.double(), fc.maxSafeInteger(), fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n })),
    { minLength: 1, maxLength: 20 },
  );
  const property = fc.asyncProperty(numbers, async (rows) => {
    const content = writeCsv(
      [["d", "i", "b"], ...rows.map(([double, integer, big]) => [String(double), String(integer), String(big)])],
      "\n",
    );
    await csv.read(content, { header: true });
    const read = await csv.sources.query(
      `SELECT d::DOUBLE, i::BIGINT, b::DECIMAL(38,0)::VARCHAR FROM '${csv.sources.target}'`,
    );
    expect(read).toEqual(
      rows.map(([double, integer, big]) => [double === 0 ? double + 0 : double, BigInt(integer), String(big)]),
    );
  });

  await fc.assert(property, { numRuns: 40 });
});
