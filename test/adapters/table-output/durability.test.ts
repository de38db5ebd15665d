import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TableManifest } from "../../../src/core/domain/table-manifest.ts";
import type { TableFixture } from "../../core/publish/table-fixture.ts";
import { createTable } from "../../core/publish/table-fixture.ts";

type Act = { readonly act: "sync" | "rename" | "link"; readonly path: string; readonly to?: string };

let fixture: TableFixture;
beforeAll(async () => {
  fixture = await createTable(["part"]);
  const shard = await fixture.shard("select i as id, i % 3 as part, 1 as generation from range(30) r(i)");
  writeFileSync(join(fixture.base, "shards.json"), JSON.stringify([shard]));
});
afterAll(() => fixture.remove());

/** What a process that publishes has done, in the order in which each act was done. */
async function actsOf(table: string, durable: boolean): Promise<Act[]> {
  const log = join(fixture.base, `${durable}.log`);
  const script = join(import.meta.dirname, "logging-writer-main.ts");
  const args = [script, table, join(fixture.base, "shards.json"), log, String(durable)];
  const [code] = await once(spawn(process.execPath, args, { stdio: "inherit" }), "exit");
  expect(code).toBe(0);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Act);
}

describe("a table in a folder", () => {
  it("is on the disk, file by file and folder by folder, before its manifest is replaced and when it is published", async () => {
    const table = join(fixture.base, "new", "table");
    const acts = await actsOf(table, true);
    const { files } = JSON.parse(readFileSync(join(table, "_manifest.json"), "utf8")) as TableManifest;
    expect(files).toHaveLength(3);
    const commit = acts.findIndex(({ act, to }) => act === "rename" && to === join(table, "_manifest.json"));
    const syncedBetween = (path: string, from: number, to: number): boolean =>
      acts.slice(from, to).some((each) => each.act === "sync" && each.path === path);

    // Before the switch: the bytes of each file, the names of its snapshot and of every folder above, and the new manifest.
    const snapshots = files.map((file) => join(table, file.snapshot_path));
    for (const path of [...snapshots, acts[commit]?.path ?? ""])
      expect(syncedBetween(path, 0, commit), path).toBe(true);
    const folders = new Set<string>([dirname(acts[commit]?.path ?? ""), fixture.base, join(fixture.base, "new")]);
    for (const path of [...snapshots, ...files.map((file) => join(table, file.path))]) {
      for (let folder = dirname(path); folder.length >= table.length; folder = dirname(folder)) folders.add(folder);
    }
    for (const folder of folders) expect(syncedBetween(folder, 0, commit), folder).toBe(true);
    // A name is durable when its folder is flushed after it was made.
    for (const [index, { act, to }] of acts.slice(0, commit).entries()) {
      if (act === "link" && to !== undefined && !to.includes("lock")) {
        expect(syncedBetween(dirname(to), index, commit), to).toBe(true);
      }
    }
    // After it: the manifest's name, and what globs find.
    for (const [index, { act, to }] of acts.entries()) {
      if (index < commit || act !== "rename" || to === undefined || to.includes("lock")) continue;
      expect(syncedBetween(dirname(to), index, acts.length), to).toBe(true);
    }
    const moved = acts.filter(({ act, to }) => act === "rename" && to?.endsWith(".parquet"));
    expect(moved).toHaveLength(3);
  });

  it("is left to the operating system if it need not be durable", async () => {
    const acts = await actsOf(join(fixture.base, "quick"), false);
    expect(acts.filter(({ act }) => act === "sync")).toEqual([]);
    expect(acts.some(({ act }) => act === "rename")).toBe(true);
  });
});
