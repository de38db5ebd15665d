import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFolderOutput } from "../../../src/adapters/table-output/folder/folder-output.ts";
import type { StitchedShard } from "../../../src/core/domain/stitched-shard.ts";
import type { TableFixture } from "../../core/publish/table-fixture.ts";
import { createTable, fileList, query } from "../../core/publish/table-fixture.ts";
import { describeOutput } from "./describe-output.ts";
import { folderPlace } from "./table-place.ts";

describeOutput("a folder", folderPlace);

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

test("a path that is a file is rejected", async () => {
  writeFileSync(table.path, "a file");
  const intent = { runId: "run-2", job: "scores", ifExists: "append", format: "parquet", partitionBy: ["ds"] } as const;
  await expect(output().check(intent)).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
  await expect(output().lock("run-2")).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
});

test("a run that published nothing leaves no folder", async () => {
  await (await output().lock("run-1")).release();
  expect(existsSync(table.path)).toBe(false);
});

describe("a link in a table that leads out of it", () => {
  const outside = (): string => {
    const folder = join(table.base, "elsewhere");
    mkdirSync(folder, { recursive: true });
    return folder;
  };

  test("in the place of our own folder is named before anything is done", async () => {
    mkdirSync(table.path);
    symlinkSync(outside(), join(table.path, "_scoreframe"));
    for (const act of [output().lock("run-1"), output().repair()]) {
      await expect(act).rejects.toMatchObject({
        code: "OUTPUT_UNWRITABLE",
        message: expect.stringMatching(/_scoreframe is a link to .*elsewhere/),
      });
    }
    expect(readdirSync(outside())).toEqual([]);
  });

  test("in the place of a partition is named, and what it leads to stays", async () => {
    await table.publish([await day("2001-01-01", 1)]);
    const [file] = table.manifest().files;
    renameSync(join(table.path, "ds=2001-01-01"), join(outside(), "ds"));
    symlinkSync(join(outside(), "ds"), join(table.path, "ds=2001-01-01"));
    await expect(table.publish([await day("2001-01-01", 2)], { runId: "run-2" })).rejects.toMatchObject({
      code: "OUTPUT_UNWRITABLE",
      message: expect.stringContaining("ds=2001-01-01 is a link"),
    });
    expect(readdirSync(join(outside(), "ds"))).toEqual([file?.path.split("/")[1]]);
  });

  test("as the table itself is followed", async () => {
    symlinkSync(outside(), table.path);
    await table.publish([await day("2001-01-01", 1)]);
    await table.publish([await day("2001-01-01", 2)], { runId: "run-2" });
    expect(await scores()).toEqual(rows("2001-01-01", 2));
  });
});

describe("a crash", () => {
  test("after the manifest was replaced is completed by the next writer that locks the output", async () => {
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
    expect(readdirSync(join(table.path, "_scoreframe")).sort()).toEqual([
      expect.stringMatching(/^v1-run-1-/),
      expect.stringMatching(/^v2-run-3-/),
    ]);
  });

  const writeJournal = (journal: object): void =>
    writeFileSync(join(table.path, "_scoreframe", "switch.json"), JSON.stringify(journal));
});
