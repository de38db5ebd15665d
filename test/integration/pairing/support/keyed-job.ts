import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Engine, JobInput } from "../../../../src/index.ts";
import { createScoreframe } from "../../../../src/index.ts";
import { query } from "../../../support/query.ts";

export type KeyedRun = {
  /** What went wrong; empty if nothing did. */
  readonly message: string;
  readonly columns: readonly string[];
  /** The published rows, ordered by `a`; numbers as DuckDB writes them in JSON. */
  readonly rows: readonly Record<string, unknown>[];
  /** Messages of the rows that failed. */
  readonly failures: readonly string[];
};

type Changes = Omit<Partial<JobInput>, "output"> & { readonly output?: Omit<JobInput["output"], "path"> };

/** Runs jobs against servers. */
export type KeyedJobs = {
  /** A job over `sql`, whose rows have a number `a`. */
  run(url: string, sql: string, changes: Changes): Promise<KeyedRun>;
  close(): Promise<void>;
};

export async function createKeyedJobs(): Promise<KeyedJobs> {
  const workspace = await mkdtemp(join(tmpdir(), "scoreframe-pairing-"));
  const engine: Engine = await createScoreframe({ workspace });
  return {
    async run(url, sql, { output = {}, ...changes }) {
      const folder = await mkdtemp(join(tmpdir(), "scoreframe-pairing-out-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const job: JobInput = {
        name: "pairing",
        source: { kind: "sql", sql },
        backend: { kind: "http", url, max_attempts: 1 },
        output: { path: join(folder, "out"), ...output },
        ...changes,
      };
      const run = await engine.run(job).catch((error: unknown) => ({ message: String((error as Error).message) }));
      const failures = "message" in run || run.deadLetter === null ? [] : await messagesIn(run.deadLetter.path);
      if ("message" in run) return { message: run.message, columns: [], rows: [], failures };
      const rows = await query(`select * from '${folder}/out/*.parquet' order by a`);
      return { message: "", columns: Object.keys(rows[0] ?? {}), rows, failures };
    },
    async close() {
      await engine.close();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}

async function messagesIn(folder: string): Promise<string[]> {
  const rows = await query(`select * from '${folder}/*.parquet'`);
  return rows.map((row) => String(Object.entries(row).find(([name]) => name.endsWith("message"))?.[1]));
}
