import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { globPattern } from "../../../../../src/adapters/sources/tables/find/glob-pattern.ts";
import type { SourceBench } from "../../source-bench.ts";
import { openSourceBench } from "../../source-bench.ts";

const NAMES = [
  "a.csv",
  "b.csv",
  "c.parquet",
  ".hidden.csv",
  "a+b.csv",
  "x/a.csv",
  "x/y/b.csv",
  "x/y/z/deep.csv",
  "ds=1/part-0.csv",
  "ds=2/part-1.csv",
  "ä😀.csv",
  "1.csv",
  "2.csv",
  "-.csv",
  "a.csv.gz",
];

let bench: SourceBench;
beforeAll(async () => {
  bench = await openSourceBench();
  for (const name of NAMES) {
    await mkdir(dirname(join(bench.folder, "names", name)), { recursive: true });
    await writeFile(join(bench.folder, "names", name), "x");
  }
});
afterAll(() => bench.close());

test.each([
  "*.csv",
  "?.csv",
  "*",
  "**/*.csv",
  "**",
  "x/**/*.csv",
  "x/*/*.csv",
  "**/b.csv",
  "x/**/y/*.csv",
  "[ab].csv",
  "[a-c].*",
  "[!a].csv",
  "[0-9].csv",
  "[-a].csv",
  "ds=*/part-*.csv",
  "a+*.csv",
  "a.csv*",
  "*.c?v",
  "ä*.csv",
  "a?b.csv",
  "none/*.csv",
  "[.csv",
])("the glob %s matches what DuckDB finds by it on a disk", async (glob) => {
  const root = join(bench.folder, "names");
  const found = await bench.query(`SELECT file FROM glob('${root}/${glob}')`);
  const expected = found.map((row) => String(Object.values(row as object)[0]).slice(root.length + 1)).sort();
  const pattern = globPattern(glob);
  expect(NAMES.filter((name) => pattern.test(name)).sort()).toEqual(expected);
});
