import { existsSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { root } from "../../scripts/lib/toolchain.mjs";
import { checkTable } from "../check/check-table.ts";
import type { Dataset } from "../data/dataset.ts";
import { emptyFolder } from "../empty-folder.ts";
import type { Usage } from "../measure/measure.ts";
import { measure } from "../measure/measure.ts";
import { answerLine } from "../model/answer-line.ts";

export const COLD_START_ROWS = 1000;

/** The built command line, from its start to the published table, against a model server that is up. */
export async function measureColdStart(
  dataset: Dataset,
  runs: number,
  progress: (text: string) => void,
): Promise<Usage[]> {
  const main = join(root, "dist", "cli", "main.js");
  if (!existsSync(main)) throw new Error(`${main} is missing: run npm run build.`);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(answerLine(Buffer.concat(chunks).toString("utf8")));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const usages: Usage[] = [];
  try {
    for (let run = 1; run <= runs; run += 1) {
      progress(`${dataset.name}: cold start, run ${run} of ${runs}`);
      const folder = emptyFolder("cold-start");
      writeFileSync(join(folder, "job.json"), JSON.stringify(job(dataset, port)));
      const { stdout: _, ...usage } = await measure([process.execPath, main, "run", "job.json", "--json"], {
        cwd: folder,
      });
      usages.push(usage);
      await checkTable(dataset, join(folder, "table"), "the command line");
      rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    server.close();
  }
  return usages;
}

function job(dataset: Dataset, port: number): unknown {
  return {
    name: "cold-start",
    source: {
      kind: "sql",
      tables: { rows_to_score: dataset.path },
      sql: `select ${dataset.columns.join(", ")} from rows_to_score`,
    },
    requests: { batch_size: dataset.batchSize },
    backend: { kind: "http", url: `http://127.0.0.1:${port}/invocations` },
    output: { path: "table", partition_by: dataset.partitionBy },
  };
}
