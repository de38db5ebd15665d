import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { PROTOCOL_IDS } from "../../src/core/protocols/protocols.ts";
import type { Engine, JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import type { Conversation } from "../../test/docs/support/conversation.ts";
import { conversationBackend } from "../../test/docs/support/conversation.ts";
import { root } from "../lib/toolchain.mjs";
import { splitCsvRow, splitJsonRow, tensorText } from "./split-row.ts";
import { whyNotSent } from "./why-not-sent.ts";

/** Values after they went through the engine, each list in their order. */
export type SentValues = {
  /** The value's text in a request, by protocol. */
  readonly requests: ReadonlyMap<string, readonly string[]>;
  /** Type and value of the Parquet output, as DuckDB reads them. */
  readonly parquet: readonly { readonly type: string; readonly value: string | null }[];
  readonly csv: readonly string[];
  readonly jsonl: readonly string[];
};

/** Sends values through the real engine. `from` is what the expressions select from. */
export type ValueSender = {
  send(expressions: readonly string[], from?: string): Promise<SentValues>;
  /** The error of a value that is rejected. */
  failure(expression: string): Promise<{ readonly code: string; readonly message: string }>;
  close(): Promise<void>;
};

export async function createValueSender(): Promise<ValueSender> {
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-types-"));
  const conversation: Conversation = { request: "", answer: '{"predictions":[0]}\n' };
  const engine = await createScoreframe({
    workspace: join(folder, "runs"),
    backends: [conversationBackend(conversation)],
  });
  const bench = { engine, conversation, folder };
  return {
    async send(expressions, from = "") {
      const sql = `select ${expressions.map((expression, index) => `${expression} as c${index}`).join(", ")} ${from}`;
      const requests = new Map<string, readonly string[]>();
      for (const protocol of PROTOCOL_IDS)
        requests.set(protocol, await requestTexts(bench, protocol, sql, expressions, from));
      const names = expressions.map((_, index) => `c${index}`);
      return {
        requests,
        parquet: await readParquet(await publish(bench, sql, "parquet"), names),
        csv: splitCsvRow(textOf(await publish(bench, sql, "csv"), "csv").replace(/^.*\n/, "")).slice(0, names.length),
        jsonl: splitJsonRow(textOf(await publish(bench, sql, "jsonl"), "jsonl"))?.slice(0, names.length) ?? [],
      };
    },
    async failure(expression) {
      const { error } = await engine.tryRun(jobOf(bench, `select ${expression} as c0`, {}));
      if (error === null) throw new Error(`${expression} was not rejected.`);
      return { code: error.code, message: error.message };
    },
    async close() {
      await engine.close();
      await rm(folder, { recursive: true });
    },
  };
}

type Bench = { readonly engine: Engine; readonly conversation: Conversation; readonly folder: string };

function jobOf({ folder }: Bench, sql: string, changes: Partial<JobInput>): JobInput {
  const output = { path: join(folder, "out"), if_exists: "overwrite_partitions" } as const;
  return { name: "types", source: { kind: "sql", sql }, backend: { kind: "conversation" }, output, ...changes };
}

/** If the form of a request does not show where a value is, each value is sent alone, and its whole request is its text. */
async function requestTexts(
  bench: Bench,
  protocol: string,
  sql: string,
  expressions: readonly string[],
  from: string,
): Promise<readonly string[]> {
  const request = await requestOf(bench, protocol, sql);
  const values = splitJsonRow(request);
  if (values !== null) return values;
  const texts: string[] = [];
  for (const expression of expressions)
    texts.push(tensorText((await requestOf(bench, protocol, `select ${expression} as v ${from}`)).replace(/\n$/, "")));
  return texts;
}

async function requestOf(bench: Bench, protocol: string, sql: string): Promise<string> {
  bench.conversation.request = "";
  // The answers are not of the protocol, and the run may fail: only the requests matter.
  const outcome = await bench.engine.tryRun(jobOf(bench, sql, { model: { protocol } } as Partial<JobInput>), {
    baseDirectory: root,
  });
  return bench.conversation.request === "" ? whyNotSent(outcome) : bench.conversation.request;
}

/** The folder of a table that holds the query's row. */
async function publish(bench: Bench, sql: string, format: "parquet" | "csv" | "jsonl"): Promise<string> {
  const path = join(bench.folder, format);
  const output = { path, format, if_exists: "overwrite_partitions" } as const;
  await bench.engine.run(jobOf(bench, sql, { output, model: { protocol: "instances" } }), { baseDirectory: root });
  return path;
}

function textOf(folder: string, extension: string): string {
  const [file = ""] = globSync(`*.${extension}`, { cwd: folder });
  return readFileSync(join(folder, file), "utf8");
}

async function readParquet(folder: string, names: readonly string[]): Promise<SentValues["parquet"]> {
  const connection = await (await DuckDBInstance.create()).connect();
  const values = names.map((name) => `typeof(${name}), ${name}::VARCHAR`);
  await connection.run("SET TimeZone = 'UTC'");
  const reader = await connection.runAndReadAll(`SELECT ${values.join(", ")} FROM '${folder}/*.parquet'`);
  const [row = []] = reader.getRowsJS() as (string | null)[][];
  connection.closeSync();
  return names.map((_, index) => ({ type: row[2 * index] ?? "", value: row[2 * index + 1] ?? null }));
}
