import { z } from "zod";
import { PROTOCOL_IDS } from "../protocols/protocols.ts";

/** Text that says something. */
const text = z.string().min(1);
const columns = z.array(text);

const table = z.union([
  text.describe("Path of the file, a folder or a glob; the format follows from the name."),
  z.strictObject({
    path: text.describe("Path of a file, a folder or a glob."),
    format: z
      .enum(["parquet", "csv", "tsv", "json", "jsonl", "duckdb"])
      .optional()
      .describe("How the file is written. Default: by the ending of the path."),
    table: text.optional().describe("Name of the table inside a DuckDB file."),
    hive: z
      .boolean()
      .optional()
      .describe("Whether folders named `key=value` become columns. Default: found out from the path."),
  }),
]);

const sqlSource = z.strictObject({
  kind: z.literal("sql"),
  tables: z
    .record(text, table)
    .describe("The tables that the query may read: name in the query, and where its file is."),
  sql: text.describe("The query, in DuckDB's dialect. Its result is what is scored."),
});

const rowsSource = z.strictObject({
  kind: z.literal("rows"),
  path: text.optional().describe("A file of rows. Left out where a program hands the rows over in memory."),
});

const model = z.strictObject({
  features: columns
    .min(1)
    .optional()
    .describe("Columns that are sent to the model. Default: all columns but `passthrough`."),
  passthrough: columns.optional().describe("Columns that never travel to the model and come back in the output."),
  protocol: z
    .enum(PROTOCOL_IDS)
    .optional()
    .describe("How rows are written into a request. Default: the backend's first."),
});

const requests = z.strictObject({
  file_size_mb: z.number().positive().default(5).describe("Most megabytes (10^6 bytes) of one request file, a shard."),
  batch_size: z.int().min(1).default(5).describe("Most rows in one request."),
});

const backend = z.looseObject({
  kind: text.describe("Where the model is. The other keys are the options of that backend."),
});

const output = z.strictObject({
  path: text.describe("Folder of the table that is written."),
  format: z.enum(["parquet", "csv", "jsonl"]).default("parquet").describe("Format of its files."),
  partition_by: columns.default([]).describe("Columns that become folders named `column=value`."),
  predictions: z
    .record(text, text)
    .optional()
    .describe("Contract: name and type of every prediction column, checked before anything is published."),
  prefix: text.optional().describe("Put before the name of every prediction column."),
  flatten: z
    .boolean()
    .default(false)
    .describe("Whether nested prediction objects become columns, names joined by `_`."),
  columns: z.enum(["predictions", "all"]).default("all").describe("Which columns are written beside the predictions."),
  include_row_id: z.boolean().default(false).describe("Whether the columns `row_id` and `batch_index` are written."),
  if_exists: z
    .enum(["error", "overwrite_partitions", "append"])
    .default("overwrite_partitions")
    .describe("What happens to data that is there already."),
});

const failure = z.strictObject({
  max_failed_rows: z
    .number()
    .min(0)
    .default(0)
    .describe("Failed rows that are tolerated: a count, or a ratio between 0 and 1."),
  oversized_rows: z
    .enum(["fail", "dead_letter", "skip"])
    .default("fail")
    .describe("What happens to a row that alone exceeds the payload limit."),
  isolate_failed_rows: z
    .boolean()
    .default(true)
    .describe("Whether a refused request is sent again in smaller parts, to find the rows that fail."),
});

/** The one definition of a job: parsing, types, the published JSON Schema and the reference page come from it. */
export const jobSchema = z.strictObject({
  name: text.describe("Name of the job."),
  source: z.discriminatedUnion("kind", [sqlSource, rowsSource]).describe("Where the rows come from."),
  model: model.prefault({}).describe("What the model takes."),
  requests: requests.prefault({}).describe("How rows are packed into requests."),
  backend: backend.describe("Where the model is."),
  output: output.describe("The table that is written."),
  failure: failure.prefault({}).describe("What happens when rows fail."),
});
