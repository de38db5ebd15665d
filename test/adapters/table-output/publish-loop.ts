/** Publishes one generation of a table after another until it is killed or has done `count`: `node publish-loop.ts <table> <shards.json> <count>`. */
import { readFileSync } from "node:fs";
import { openTableOutput } from "../../../src/composition/open-stores.ts";
import type { StitchedShard } from "../../../src/core/domain/stitched-shard.ts";
import { publishTable } from "../../../src/core/stages/publish/publish.ts";
import { compactPartitions } from "../../../src/core/stages/publish/worker/compact-partitions.ts";

const [table = "", shardsFile = "", count = "0"] = process.argv.slice(2);
const generations = JSON.parse(readFileSync(shardsFile, "utf8")) as StitchedShard[];
const output = await openTableOutput(table, ".", { now: Date.now, sleep: () => Promise.resolve() });

for (let turn = 0; turn < Number(count); turn += 1) {
  const shard = generations[turn % generations.length] as StitchedShard;
  const runId = `run-${turn}`;
  const lock = await output.lock(runId);
  await publishTable(
    {
      runId,
      job: "scores",
      ifExists: "overwrite_partitions",
      format: "parquet",
      partitionBy: ["part"],
      shards: [shard],
      scoredRows: shard.rows,
    },
    { output, lock, compact: async (task) => compactPartitions(task) },
  );
  await lock.release();
  process.stdout.write(`${turn}\n`);
}
