/**
 * Publishes one generation of a table and sends itself a signal before a step of its publication: SIGSTOP, to pause, or SIGKILL.
 * `node stopping-writer-main.ts <table> <shards.json> <generation> <step> <signal>`. A step is an act that changes the table's place: of `node:fs/promises` for a folder, of
 * the object store for S3. It prints how the publication ended.
 */

import { readFileSync, writeSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import type { StitchedShard } from "../../../src/core/domain/stitched-shard.ts";
import type { ObjectStore } from "../../../src/core/ports/object-store.ts";

const [table = "", shardsFile = "", generation = "0", stopAt = "0", signal = "SIGSTOP"] = process.argv.slice(2);
let steps = 0;
const timing = { heartbeatMs: 100, staleMs: 400, watchMs: 250, pollMs: 25 };

function beforeStep(): void {
  steps += 1;
  if (steps !== Number(stopAt)) return;
  writeSync(1, "stopped\n");
  process.kill(process.pid, signal as NodeJS.Signals);
}

if (!table.startsWith("s3://")) {
  const steppedActs = ["rename", "link", "rm", "rmdir", "writeFile", "mkdir"] as const;
  const acts = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of steppedActs) {
    const act = acts[name] as (...args: unknown[]) => unknown;
    acts[name] = (...args) => {
      if (String(args.at(name === "rename" || name === "link" ? 1 : 0)).startsWith(table)) beforeStep();
      return act(...args);
    };
  }
  syncBuiltinESMExports();
}

// The modules get the wrapped functions.
const { createFolderOutput } = await import("../../../src/adapters/table-output/folder/folder-output.ts");
const { createObjectOutput } = await import("../../../src/adapters/table-output/objects/object-output.ts");
const { compactPartitions } = await import("../../../src/core/stages/publish/worker/compact-partitions.ts");
const { publishTable } = await import("../../../src/core/stages/publish/publish.ts");
const { openStore } = await import("../../../src/composition/open-stores.ts");

function stepped(store: ObjectStore): ObjectStore {
  const change = <Args extends unknown[], Answer>(act: (...args: Args) => Promise<Answer>) => {
    return async (...args: Args): Promise<Answer> => {
      beforeStep();
      return act(...args);
    };
  };
  const { writeText, upload, copy, remove } = store;
  return {
    ...store,
    writeText: change(writeText),
    upload: change(upload),
    copy: change(copy),
    remove: change(remove),
  };
}

const store = await openStore(table);
const output =
  store === null
    ? createFolderOutput(table, { now: Date.now }, { timing })
    : createObjectOutput(stepped(store), { now: Date.now }, timing);
const shard = (JSON.parse(readFileSync(shardsFile, "utf8")) as StitchedShard[])[Number(generation)] as StitchedShard;
try {
  const lock = await output.lock("zombie");
  await publishTable(
    {
      runId: "zombie",
      job: "scores",
      ifExists: "overwrite_partitions",
      format: "parquet",
      partitionBy: ["part"],
      shards: [shard],
      scoredRows: shard.rows,
    },
    { output, lock, compact: async (task) => compactPartitions(task) },
  ).finally(() => lock.release());
  process.stdout.write(`published ${steps}\n`);
} catch (thrown) {
  process.stdout.write(`${(thrown as { code?: string }).code ?? String(thrown)} ${steps}\n`);
}
