import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { ProtocolId } from "../../../src/core/protocols/protocol.ts";
import type { Engine, JobInput, RunOutcome } from "../../../src/index.ts";
import { createScoreframe } from "../../../src/index.ts";
import { query } from "../../support/query.ts";
import type { TestServer } from "./servers.ts";
import { urlOf } from "./servers.ts";

/** What a run of the engine did, judged by DuckDB. */
export type Scored = RunOutcome & {
  /** A query in which `scored` is the table that was published. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** The rows that were not scored, by id, each with its code, message and number of attempts. */
  deadLetters(): Promise<Record<string, unknown>[]>;
};

export type Scoring = {
  /** A job over the rows of a query, with a new output folder. Up to a million rows may fail. */
  jobOver(sql: string, backend: JobInput["backend"], changes?: Partial<JobInput>): JobInput;
  /** Runs such a job; never throws for what became of it. */
  score(...job: Parameters<Scoring["jobOver"]>): Promise<Scored>;
  engine(): Engine;
};

/** An engine for the tests of a file, and a folder that is gone after them. */
export function scoring(): Scoring {
  let engine: Engine;
  let folder: string;
  let tables = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "scored-by-servers-"));
    engine = await createScoreframe({ workspace: join(folder, "runs") });
  });
  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  const jobOver: Scoring["jobOver"] = (sql, backend, changes) => {
    tables += 1;
    return {
      name: "servers",
      source: { kind: "sql", sql },
      requests: { batch_size: 100 },
      failure: { max_failed_rows: 1_000_000 },
      backend,
      output: { path: join(folder, `table-${tables}`) },
      ...changes,
    };
  };
  return {
    jobOver,
    engine: () => engine,
    async score(...given) {
      const job = jobOver(...given);
      const outcome = await engine.tryRun(job);
      const lost = outcome.report.dead_letter?.path;
      return {
        ...outcome,
        query: (select) => query(`with scored as (from read_parquet('${job.output.path}/*.parquet')) ${select}`),
        deadLetters: async () => (lost === undefined ? [] : query(deadLettersIn(lost))),
      };
    },
  };
}

function deadLettersIn(folder: string): string {
  return `select id, _error_code as code, _error_message as message, _attempts as attempts from read_parquet('${folder}/*.parquet') order by id`;
}

/** The http backend against a server that runs. */
export function httpTo(
  server: TestServer,
  protocol: ProtocolId,
  options: Readonly<Record<string, unknown>> = {},
): JobInput["backend"] {
  return { kind: "http", url: urlOf(server, protocol), ...options };
}
