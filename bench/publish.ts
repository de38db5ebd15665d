/**
 * Publishing alone: synthetic stitched shards into partitioned Parquet, with one worker thread; with `output.durable` and without it, by turns.
 * `node bench/publish.ts [rows] [shards] [partitions] [sorted|random] [folder] [runs]`; the shards are made once and kept in the folder.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { DuckDBInstance } from "@duckdb/node-api";
import { createFolderOutput } from "../src/adapters/table-output/folder/folder-output.ts";
import type { CompactedFile, CompactionTask } from "../src/core/domain/compaction-task.ts";
import type { StitchedShard } from "../src/core/domain/stitched-shard.ts";
import { readParquetSchema } from "../src/core/stages/extract/worker/parquet-schema.ts";
import { publishTable } from "../src/core/stages/publish/publish.ts";
import { compactPartitions } from "../src/core/stages/publish/worker/compact-partitions.ts";

if (isMainThread) await main();
else parentPort?.on("message", (task: CompactionTask) => parentPort?.postMessage(compactPartitions(task)));

async function main(): Promise<void> {
  const [
    rows = "3000000",
    shards = "57",
    partitions = "182",
    order = "sorted",
    folder = "/tmp/scoreframe-bench",
    runs = "1",
  ] = process.argv.slice(2);
  const base = join(folder, `publish-${rows}-${shards}-${partitions}-${order}`);
  if (!existsSync(join(base, "shards.json"))) {
    await makeShards(base, Number(rows), Number(shards), Number(partitions), order === "random");
    console.log("shards made; run again to measure");
    return;
  }
  for (let run = 0; run < Number(runs); run += 1) {
    for (const durable of [true, false]) await publishOnce(base, Number(rows), Number(partitions), durable);
  }
}

async function publishOnce(base: string, rows: number, partitions: number, durable: boolean): Promise<void> {
  const stitched = JSON.parse(readFileSync(join(base, "shards.json"), "utf8")) as StitchedShard[];
  const table = join(base, "table");
  rmSync(table, { recursive: true, force: true });
  const worker = new Worker(new URL(import.meta.url));
  const compact = (task: CompactionTask): Promise<CompactedFile[]> =>
    new Promise((done, failed) => {
      worker.once("message", (files: CompactedFile[]) => {
        worker.removeListener("error", failed);
        done(files);
      });
      worker.once("error", failed);
      worker.postMessage(task);
    });
  const output = createFolderOutput(table, { now: Date.now }, { durable });
  const lock = await output.lock("bench");
  const before = process.memoryUsage().rss / 2 ** 20;
  const start = performance.now();
  const cpu = process.cpuUsage();
  const published = await publishTable(
    {
      runId: "bench",
      job: "bench",
      ifExists: "overwrite_partitions",
      format: "parquet",
      partitionBy: partitions > 0 ? ["ds"] : [],
      shards: stitched,
      scoredRows: rows,
    },
    { output, lock, compact, concurrency: 1 },
  );
  const used = process.cpuUsage(cpu);
  await lock.release();
  await worker.terminate();
  console.log({
    durable,
    files: published.files,
    megabytes: published.bytes / 1e6,
    wall_s: (performance.now() - start) / 1000,
    cpu_s: (used.user + used.system) / 1e6,
    rss_before_mib: before,
    peak_rss_mib: process.resourceUsage().maxRSS / 1024,
  });
}

async function makeShards(
  base: string,
  rows: number,
  shards: number,
  partitions: number,
  random: boolean,
): Promise<void> {
  mkdirSync(join(base, "shards"), { recursive: true });
  const connection = await (await DuckDBInstance.create()).connect();
  const made: StitchedShard[] = [];
  const size = Math.ceil(rows / shards);
  const day = random ? `hash(i) % ${Math.max(1, partitions)}` : `i * ${Math.max(1, partitions)} // ${rows}`;
  for (let shard = 0; shard < shards; shard += 1) {
    const from = shard * size;
    const to = Math.min(rows, from + size);
    const path = join(base, "shards", `shard-${shard}.parquet`);
    const columns = `i as id, i // 500 as row_id, (i % 500)::int as batch_index, timestamp '2001-01-01' + to_minutes((i // 11)::int) as date,
      (hash(i) % 400)::bigint - 40 as delay, (hash(i + 1) % 3000)::bigint as distance,
      chr((65 + hash(i) % 26)::int) || chr((65 + hash(i + 5) % 26)::int) || 'X' as origin,
      hash(i + 9) % 2 = 0 as delayed, (hash(i + 7) % 1000000) / 1e6 as probability`;
    const key = partitions > 0 ? `, strftime(date '2001-01-01' + (${day})::int, '%Y-%m-%d') as ds` : "";
    await connection.run(
      `copy (select ${columns}${key} from range(${from}, ${to}) t(i) order by ${partitions > 0 ? "ds, " : ""}i)
       to '${path}' (format parquet, compression zstd)`,
    );
    made.push(await describe(connection, shard, path, to - from, partitions > 0));
  }
  writeFileSync(join(base, "shards.json"), JSON.stringify(made));
}

type Connection = Awaited<ReturnType<DuckDBInstance["connect"]>>;

async function describe(
  connection: Connection,
  shard: number,
  path: string,
  rows: number,
  partitioned: boolean,
): Promise<StitchedShard> {
  const schema = readParquetSchema(path);
  if (!partitioned) return { shard, path, rows, schema, partitions: [{ values: [], offset: 0, rows }] };
  const counts = await connection.runAndReadAll(`select ds, count(*)::int from '${path}' group by ds order by ds`);
  let offset = 0;
  const partitions = counts.getRows().map(([ds, count]) => {
    const run = { values: [String(ds)], offset, rows: Number(count) };
    offset += Number(count);
    return run;
  });
  return { shard, path, rows, schema, partitions };
}
