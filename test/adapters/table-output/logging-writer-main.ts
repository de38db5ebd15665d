/** Publishes one generation of a table and logs what it asked of the disk: `node logging-writer-main.ts <table> <shards.json> <log> <durable>`. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import type { StitchedShard } from "../../../src/core/domain/stitched-shard.ts";

const [table = "", shardsFile = "", log = "", durable = "true"] = process.argv.slice(2);
const record = (act: object): void => appendFileSync(log, `${JSON.stringify(act)}\n`);
writeFileSync(log, "");

const { open, rename, link } = fs;
Object.assign(fs, {
  async open(...args: Parameters<typeof open>) {
    const file = await open(...args);
    const sync = file.sync.bind(file);
    file.sync = async () => {
      await sync();
      record({ act: "sync", path: args[0] });
    };
    return file;
  },
  async rename(from: string, to: string) {
    await rename(from, to);
    record({ act: "rename", path: from, to });
  },
  async link(from: string, to: string) {
    await link(from, to);
    record({ act: "link", path: from, to });
  },
});
syncBuiltinESMExports();

// The modules get the wrapped functions.
const { createFolderOutput } = await import("../../../src/adapters/table-output/folder/folder-output.ts");
const { compactPartitions } = await import("../../../src/core/stages/publish/worker/compact-partitions.ts");
const { publishTable } = await import("../../../src/core/stages/publish/publish.ts");

const [shard] = JSON.parse(readFileSync(shardsFile, "utf8")) as StitchedShard[];
const output = createFolderOutput(table, { now: Date.now }, { durable: durable === "true" });
const lock = await output.lock("run-1");
await publishTable(
  {
    runId: "run-1",
    job: "scores",
    ifExists: "overwrite_partitions",
    format: "parquet",
    partitionBy: ["part"],
    shards: [shard as StitchedShard],
    scoredRows: shard?.rows ?? 0,
  },
  { output, lock, compact: async (task) => compactPartitions(task) },
);
await lock.release();
