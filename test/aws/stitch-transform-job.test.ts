import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createScoreframe } from "../../src/index.ts";
import { query } from "../support/query.ts";
import { sagemakerLab } from "./emulators/support/sagemaker-lab.ts";
import { startModelServer } from "./support/model-server.ts";

const FILES = 3;
const ROWS = 20;

describe.each(["SingleRecord", "MultiRecord"] as const)("what a transform job left of %s", (batchStrategy) => {
  it("is stitched, though the container and AssembleWith both end an answer's line", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startModelServer((body) => {
      const rows = body.trim().split("\n");
      return { body: rows.map((row) => `${2 * (JSON.parse(row) as { n: number }).n}\n`).join("") };
    });
    const folder = await mkdtemp(join(tmpdir(), "stitch-job-"));
    const engine = await createScoreframe({ workspace: join(folder, "runs") });
    onTestFinished(async () => {
      container.close();
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    });
    for (let file = 0; file < FILES; file += 1) {
      const rows = Array.from({ length: ROWS }, (_, row) => `{"n":${file * ROWS + row}}\n`);
      await lab.put(`in/part-${file}.jsonl`, rows.join(""));
    }
    await lab.createModel(container.url);
    await lab.run({ BatchStrategy: batchStrategy });
    const report = await engine.stitch({
      requests: `s3://${lab.bucket}/in/`,
      responses: `s3://${lab.bucket}/out/`,
      output: join(folder, "scores"),
    });
    expect(report).toMatchObject({ files: FILES, rows: FILES * ROWS, dead_lettered: 0 });
    const [right] = await query(
      `select count(*)::int as rows from '${folder}/scores/*.parquet' where prediction = 2 * n and row_id = n`,
    );
    expect(right).toEqual({ rows: FILES * ROWS });
  });
});
