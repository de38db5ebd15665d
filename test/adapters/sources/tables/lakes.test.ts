import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SourceBench } from "../source-bench.ts";
import { openSourceBench } from "../source-bench.ts";

let bench: SourceBench;

beforeEach(async () => {
  bench = await openSourceBench();
});

afterEach(() => bench.close());

async function writeTree(files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(bench.folder, file)), { recursive: true });
    await bench.write(file, file.endsWith(".csv") ? "id\n1\n" : "{}");
  }
}

const LAKES: readonly [name: string, kind: string, log: string, files: readonly string[]][] = [
  ["Delta", "a Delta table", "_delta_log", ["_delta_log/00000000000000000000.json"]],
  ["a manifest of Delta", "a Delta table", "_symlink_format_manifest", ["_symlink_format_manifest/manifest"]],
  ["Hudi", "a Hudi table", ".hoodie", [".hoodie/hoodie.properties"]],
  ["Iceberg", "an Iceberg table", "metadata", ["metadata/v1.metadata.json"]],
  [
    "Iceberg by a catalogue",
    "an Iceberg table",
    "metadata",
    ["metadata/00000-0f4a4cd1-5c1f-4d3c-8a7e-9d1a4a1b2c3d.metadata.json"],
  ],
  ["a Spark stream", "the output of a Spark stream", "_spark_metadata", ["_spark_metadata/0"]],
];

test.each(LAKES)("a table of %s is rejected, however its path is given", async (_, kind, log, files) => {
  await writeTree([...files.map((file) => `lake/t/${file}`), "lake/t/data/ds=1/f.csv"]);
  const folder = join(bench.folder, "lake", "t");

  for (const path of [
    "lake/t",
    "lake/t/data/ds=1",
    "lake/t/data/ds=1/f.csv",
    "lake/t/data/*/*.csv",
    "lake",
    "lake/*/data/**",
  ]) {
    const error = await bench.failure(bench.sql("FROM t", { t: path }));

    expect(error.code, path).toBe("TABLE_UNREADABLE");
    expect(error.message).toContain(
      `${folder} is ${kind}: only its log (${join(folder, log)}) says which of its files are live`,
    );
    expect(error.message).toContain("Export its rows");
  }
});

test.each(["base_0000005", "delta_0000001_0000001", "delta_0000001_0000001_0000", "delete_delta_0000002_0000002_0001"])(
  "a transactional Hive table is rejected: %s",
  async (name) => {
    await writeTree([`t/ds=1/${name}/f.csv`]);

    for (const path of ["t", `t/ds=1/${name}`, `t/ds=1/${name}/f.csv`, "t/*/*/*.csv"]) {
      const error = await bench.failure(bench.sql("FROM t", { t: path }));
      expect(error.message, path).toContain("is a transactional Hive table");
    }
  },
);

test("folders that only look like a lake's are read", async () => {
  await writeTree([
    "t/metadata/columns.json",
    "t/data/base_line/f.csv",
    "t/data/delta_2024/f.csv",
    "t/data/_SUCCESS",
    "t/data/.f.csv.crc",
  ]);

  expect((await bench.extract(bench.sql("FROM t", { t: "t/data" }))).rows).toBe(2);
});

test("files that Databricks' markers call unfinished or replaced are rejected, and committed ones are read", async () => {
  await writeTree(["t/part-0-tid-11-a.csv", "t/part-0-tid-12-b.csv"]);
  await bench.write("t/_started_11", "");
  await bench.write("t/_committed_11", '{"added":["part-0-tid-11-a.csv"],"removed":[]}');
  await bench.write("t/_started_12", "");
  const failure = async () => (await bench.failure(bench.sql("FROM t", { t: "t" }))).message;

  expect(await failure()).toMatch(/part-0-tid-12-b\.csv\) .* marker _started_12 says that the file was not committed/);

  await bench.write("t/_committed_12", '{"added":["part-0-tid-12-b.csv"],"removed":["part-0-tid-11-a.csv"]}');
  expect(await failure()).toMatch(
    /part-0-tid-11-a\.csv\) .* marker _committed_12 says that the file was replaced by a later job/,
  );

  await bench.write("t/_committed_12", '{"added":["part-0-tid-12-b.csv"],"removed":["part-0-tid-10-a.csv"]}');
  expect((await bench.extract(bench.sql("FROM t", { t: "t" }))).rows).toBe(2);
});

test("files of several formats are named, and a Parquet file that was packed again", async () => {
  await writeTree(["t/a.csv", "t/b.jsonl", "t/c.parquet.gz"]);

  const both = await bench.failure(bench.sql("FROM t", { t: "t" }));
  expect(both.message).toMatch(
    /files of several formats, such as \S+a\.csv and \S+b\.jsonl\. Give the table a `format`/,
  );

  const packed = await bench.failure(bench.sql("FROM t", { t: "t/c.parquet.gz" }));
  expect(packed.message).toContain("Parquet files are compressed inside: unpack it");
});
