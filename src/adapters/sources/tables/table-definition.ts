export const TABLE_FORMATS = ["parquet", "csv", "tsv", "json", "jsonl", "duckdb"] as const;

export type TableFormat = (typeof TABLE_FORMATS)[number];

/** A table of the job: a path (file, folder or glob), with options where the path does not say enough. */
export type TableDefinition =
  | string
  | {
      readonly path: string;
      /** Default: by the file's ending. */
      readonly format?: TableFormat | undefined;
      /** CSV: whether the first line holds the names. */
      readonly header?: boolean | undefined;
      /** CSV: the character between cells. */
      readonly delimiter?: string | undefined;
      /** CSV: the character around cells. Default: `"`. */
      readonly quote?: string | undefined;
      /** CSV: the character before a quote inside of quotes. Default: the quote. */
      readonly escape?: string | undefined;
      /** CSV: the encoding. Default: UTF-8. */
      readonly encoding?: string | undefined;
      /** CSV: how dates are written, as strptime takes it. */
      readonly dateformat?: string | undefined;
      /** CSV: cells that mean null, beside the empty one. */
      readonly nulls?: readonly string[] | undefined;
      /** CSV and JSON: types of columns, in DuckDB's spelling, by name. */
      readonly types?: Readonly<Record<string, string>> | undefined;
      /** Which table of a DuckDB file, as `name` or `schema.name`. Default: its only one. */
      readonly table?: string | undefined;
      /** Whether folders named `key=value` are columns. Default: if there are any below the path. */
      readonly hive?: boolean | undefined;
    };

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

/** The format that a file's name tells, beneath a compression (`.gz`, `.zst`). */
export function formatOfName(path: string): TableFormat | undefined {
  const ending = /\.(\w+)(?:\.(?:gz|zst))?$/.exec(path)?.[1]?.toLowerCase();
  return ending !== undefined && Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined;
}
