import { spawnSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFolderOutput } from "../../../src/adapters/table-output/folder-output.ts";
import type { StitchedShard } from "../../../src/core/pipeline/stitched-shard.ts";
import type { OutputIntent } from "../../../src/core/ports/table-output.ts";
import type { TableFixture } from "../../core/publish/table-fixture.ts";
import { createTable, fileList, query } from "../../core/publish/table-fixture.ts";

let table: TableFixture;

beforeEach(async () => {
  table = await createTable(["ds"]);
});

afterEach(() => table.remove());

const output = () => createFolderOutput(table.path, { now: Date.now });
const day = (ds: string, score: number): Promise<StitchedShard> =>
  table.shard(`select i as id, '${ds}' as ds, ${score} as score from range(3) r(i)`);
const scores = (): Promise<unknown[]> =>
  query(
    `select ds::varchar, id::int, score from read_parquet(${fileList(table, table.files())}, hive_partitioning = true) order by all`,
  );
const rows = (ds: string, score: number): unknown[] => [0, 1, 2].map((id) => [ds, id, score]);
const intent = (changes: Partial<OutputIntent> = {}): OutputIntent => ({
  runId: "run-2",
  job: "scores",
  ifExists: "overwrite_partitions",
  format: "parquet",
  partitionBy: ["ds"],
  ...changes,
});

describe("a second run", () => {
  beforeEach(async () => {
    await table.publish([await day("2001-01-01", 1), await day("2001-01-02", 1)]);
  });

  test("replaces the partitions that it touches and leaves the others", async () => {
    await table.publish([await day("2001-01-02", 2)], { runId: "run-2" });
    expect(await scores()).toEqual([...rows("2001-01-01", 1), ...rows("2001-01-02", 2)]);
    expect(table.manifest()).toMatchObject({ version: 2, run_id: "run-2", rows: 6 });
  });

  test("of the same name gives the same table", async () => {
    await table.publish([await day("2001-01-01", 1), await day("2001-01-02", 1)]);
    expect(await scores()).toEqual([...rows("2001-01-01", 1), ...rows("2001-01-02", 1)]);
  });

  test("adds its rows where it appends, and only once", async () => {
    const shard = await day("2001-01-02", 2);
    for (let time = 0; time < 2; time += 1) await table.publish([shard], { runId: "run-2", ifExists: "append" });
    expect(await scores()).toEqual([
      ...rows("2001-01-01", 1),
      ...[0, 1, 2].flatMap((id) => [1, 2].map((score) => ["2001-01-02", id, score])),
    ]);
  });

  test("is refused where the job says error, but for the run that wrote the table", async () => {
    await expect(output().check(intent({ ifExists: "error" }))).rejects.toMatchObject({ code: "OUTPUT_EXISTS" });
    await output().check(intent({ ifExists: "error", runId: "run-1" }));
  });

  test("is refused where it partitions otherwise or writes another format", async () => {
    await expect(output().check(intent({ partitionBy: [] }))).rejects.toMatchObject({ code: "OUTPUT_EXISTS" });
    await expect(output().check(intent({ format: "csv" }))).rejects.toMatchObject({ code: "OUTPUT_EXISTS" });
  });

  test("never deletes a file that is not ours", async () => {
    writeFileSync(join(table.path, "ds=2001-01-02", "mine.parquet"), "mine");
    await expect(table.publish([await day("2001-01-02", 2)], { runId: "run-2" })).rejects.toMatchObject({
      code: "OUTPUT_EXISTS",
      message: expect.stringContaining("mine.parquet"),
    });
    expect(readFileSync(join(table.path, "ds=2001-01-02", "mine.parquet"), "utf8")).toBe("mine");
    expect(table.manifest().version).toBe(1);
  });

  test("keeps the former files readable, and the one after it removes them", async () => {
    const before = table.manifest().files.map((file) => file.snapshot_path);
    await table.publish([await day("2001-01-02", 2)], { runId: "run-2" });
    expect(before.map((path) => existsSync(join(table.path, path)))).toEqual([true, true]);
    await table.publish([await day("2001-01-02", 3)], { runId: "run-3" });
    expect(before.map((path) => existsSync(join(table.path, path)))).toEqual([true, false]);
  });
});

describe("a path that cannot be used", () => {
  test("is refused where it is a file", async () => {
    writeFileSync(table.path, "a file");
    await expect(output().check(intent())).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
    await expect(output().lock("run-2")).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
  });

  test("is refused where it holds what scoreframe did not write", async () => {
    mkdirSync(table.path);
    writeFileSync(join(table.path, "notes.txt"), "mine");
    await expect(output().check(intent({ ifExists: "append" }))).rejects.toMatchObject({
      code: "OUTPUT_EXISTS",
      message: expect.stringContaining("notes.txt"),
    });
  });

  test("may hold what no reader takes for a part of a table", async () => {
    mkdirSync(table.path);
    for (const name of [".gitkeep", "_SUCCESS"]) writeFileSync(join(table.path, name), "");
    await output().check(intent());
  });

  test("is refused where its manifest is not one", async () => {
    mkdirSync(table.path);
    writeFileSync(join(table.path, "_manifest.json"), "{}");
    await expect(output().check(intent())).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
  });
});

describe("the lock", () => {
  test("keeps a second run out, and names the first", async () => {
    const lock = await output().lock("run-1");
    await expect(output().lock("run-2")).rejects.toMatchObject({
      code: "OUTPUT_BUSY",
      message: expect.stringContaining("run-1"),
    });
    await lock.release();
    await (await output().lock("run-2")).release();
  });

  test("lets one of many in at a time", async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => output().lock(`run-${index}`)));
    expect(tries.filter((each) => each.status === "fulfilled")).toHaveLength(1);
  });

  test("of a dead process is taken over, and by one run only", async () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    mkdirSync(join(table.path, "_scoreframe"), { recursive: true });
    writeFileSync(
      join(table.path, "_scoreframe", "lock.json"),
      JSON.stringify({ run_id: "dead", pid: dead, host: hostname(), token: "x" }),
    );
    const tries = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => output().lock(`run-${index}`)));
    expect(tries.filter((each) => each.status === "fulfilled")).toHaveLength(1);
  });

  test("leaves nothing behind of a run that published nothing", async () => {
    await (await output().lock("run-1")).release();
    expect(existsSync(table.path)).toBe(false);
  });
});

describe("a crash", () => {
  test("after the manifest was replaced is completed by whoever locks the output next", async () => {
    await table.publish([await day("2001-01-01", 1)]);
    const former = table.manifest();
    await table.publish([await day("2001-01-01", 2)], { runId: "run-2" });
    const [was] = former.files;
    const [is] = table.manifest().files;
    const incoming = `${is!.snapshot_path}.incoming`;
    renameSync(join(table.path, is!.path), join(table.path, incoming));
    linkSync(join(table.path, was!.snapshot_path), join(table.path, was!.path));
    writeJournal({ version: 2, remove: [was!.path], add: [{ from: incoming, to: is!.path }] });
    await (await output().lock("run-3")).release();
    expect(await scores()).toEqual(rows("2001-01-01", 2));
  });

  test("before it leaves the former table, and its remains go with the next publication", async () => {
    await table.publish([await day("2001-01-01", 1)]);
    const staged = join(table.path, "_scoreframe", "v2-dead", "ds=2001-01-01");
    mkdirSync(staged, { recursive: true });
    writeFileSync(join(staged, "part-00000.parquet.data"), "half");
    const to = "ds=2001-01-01/part-00000-dead-v2.parquet";
    writeJournal({
      version: 2,
      remove: [table.manifest().files[0]!.path],
      add: [{ from: "_scoreframe/v2-dead/ds=2001-01-01/part-00000.parquet.data.incoming", to }],
    });
    await (await output().lock("run-3")).release();
    expect(await scores()).toEqual(rows("2001-01-01", 1));
    await table.publish([await day("2001-01-01", 3)], { runId: "run-3" });
    expect(readdirSync(join(table.path, "_scoreframe")).sort()).toEqual(["v1-run-1", "v2-run-3"]);
  });

  const writeJournal = (journal: object): void =>
    writeFileSync(join(table.path, "_scoreframe", "switch.json"), JSON.stringify(journal));
});
