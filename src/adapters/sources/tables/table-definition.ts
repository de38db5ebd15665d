import type { BuiltinSource } from "../../../core/job/schema/job.ts";

export const TABLE_FORMATS = ["parquet", "csv", "tsv", "json", "jsonl", "duckdb"] as const;

export type TableFormat = (typeof TABLE_FORMATS)[number];

/** A table of the job, as its schema has it: a path (file, folder or glob), or a path with options. */
export type TableDefinition = Extract<BuiltinSource, { kind: "sql" }>["tables"][string];

export type TableOptions = Exclude<TableDefinition, string>;

export type Tables = Readonly<Record<string, TableDefinition>>;

const ENDINGS: Readonly<Record<string, TableFormat>> = {
  parquet: "parquet",
  pq: "parquet",
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
  duckdb: "duckdb",
  ddb: "duckdb",
  db: "duckdb",
};

/** The format by a file's name, without a compression (`.gz`, `.zst`). */
export function formatOfName(path: string): TableFormat | undefined {
  const ending = /\.(\w+)(?:\.(?:gz|zst))?$/.exec(path)?.[1]?.toLowerCase();
  return ending !== undefined && Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined;
}
