/**
 * What a shard costs however small it is: tables of five rows a shard, from the command line to the published table, with a local model.
 * `node bench/shards.ts [shards …]`; 500, 1,000, 2,000, 4,000 and 10,000 unless others are given.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { nodeCommand } from "./contenders/scoreframe.ts";
import { machine } from "./machine.ts";
import type { Measured } from "./measure/measure.ts";
import { measure } from "./measure/measure.ts";
import { markdownTable } from "./report/markdown-table.ts";

const COMMAND_LINE = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const ROWS_PER_SHARD = 5;
const PARTITIONS = 10;
const MODEL = `export default {
  predict: (rows) => rows.map(({ delay, distance }) => ({ delayed: delay > 15, probability: 1 / (1 + Math.exp(-delay / 50 - distance / 4000)) })),
};
`;

type Report = {
  readonly shards: { readonly total: number };
  readonly timings_s: { readonly extract: number; readonly stitch: number; readonly publish: number };
};

console.log(JSON.stringify(machine()));
const counts = process.argv.slice(2).map(Number);
const rows: string[][] = [];
for (const shards of counts.length > 0 ? counts : [500, 1000, 2000, 4000, 10_000]) {
  const measured = await runTable(shards);
  rows.push(cells(measured, JSON.parse(measured.stdout) as Report));
}
console.log(markdownTable(["shards", "wall s", "ms/shard", "CPU ms/shard", "publish s", "peak MiB"], rows));

async function runTable(shards: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-shards-"));
  try {
    await writeFile(join(folder, "model.mjs"), MODEL);
    await writeFile(join(folder, "job.json"), JSON.stringify(job(shards * ROWS_PER_SHARD)));
    return await measure([...nodeCommand(COMMAND_LINE), "run", "job.json", "--json"], { cwd: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function job(count: number): object {
  const sql = `select i as id, (i * 7919) % 97 - 20 as delay, (i * 104729) % 2500 as distance, date '2024-01-01' + (i * ${PARTITIONS} // ${count})::int as date from range(${count}) t(i)`;
  return {
    name: "shards",
    source: { kind: "sql", sql },
    model: { features: ["delay", "distance"] },
    // A file takes one request of five rows.
    requests: { batch_size: ROWS_PER_SHARD, file_size_mb: 0.0002 },
    backend: { kind: "local", model: "model.mjs" },
    output: { path: "out", partition_by: ["date"] },
  };
}

/** The stages overlap, but for extracting and publishing: that of stitching begins with the first shard and ends with the last. */
function cells({ wallSeconds, userSeconds, systemSeconds, peakBytes }: Measured, report: Report): string[] {
  const { total } = report.shards;
  return [
    total.toLocaleString("en"),
    wallSeconds.toFixed(1),
    ((1000 * report.timings_s.stitch) / total).toFixed(2),
    ((1000 * (userSeconds + systemSeconds)) / total).toFixed(2),
    report.timings_s.publish.toFixed(2),
    (peakBytes / 2 ** 20).toFixed(0),
  ];
}
