import { z } from "zod";
import { isRecord } from "../../domain/job-path.ts";

const text = z.string().min(1);

const tableObject = z.strictObject({
  path: text.describe("Path of a file, a folder or a glob, relative to the job file's folder, or `s3://bucket/key`."),
  format: z
    .enum(["parquet", "csv", "tsv", "json", "jsonl", "duckdb"])
    .optional()
    .describe("How the file is written. Without it, the ending of the path decides."),
  header: z
    .boolean()
    .optional()
    .describe(
      "CSV: whether the first line holds the names. Without it, the cells must show it, or the file is rejected.",
    ),
  delimiter: text
    .optional()
    .describe("CSV: the character between cells. Without it: the one that the first line has most of."),
  quote: text
    .optional()
    .describe('CSV: the character around cells that hold a delimiter or a line end. Without it: `"`.'),
  escape: text
    .optional()
    .describe('CSV: the character before a quote inside of quotes. Without it: the quote itself (`""`).'),
  encoding: text
    .optional()
    .describe("CSV: the encoding, such as `utf-8`, `utf-16` or `windows-1252`. Without it: UTF-8."),
  dateformat: text
    .optional()
    .describe("CSV: how dates are written, such as `%d.%m.%Y`. Without it, only ISO dates (`2024-05-01`) are dates."),
  nulls: z
    .array(z.string())
    .optional()
    .describe("CSV: cells that mean null, such as `NA`, in addition to the empty cell."),
  types: z
    .record(text, text)
    .optional()
    .describe("CSV and JSON: types of columns, in DuckDB's spelling: `{ code: VARCHAR, amount: 'DECIMAL(18,2)' }`."),
  table: text.optional().describe("Name of the table inside a DuckDB file."),
  hive: z
    .boolean()
    .optional()
    .describe("Whether folders named `key=value` become columns. Without it, the path decides."),
});

const table = z.union([
  text.describe("Path of a file, a folder or a glob, here or on S3; its ending decides the format."),
  tableObject.describe("A path with options."),
]);

const scalar = z.union([z.string().describe("Text."), z.number(), z.boolean(), z.null()]);

export const sqlSourceSchema = z
  .strictObject({
    kind: z.literal("sql").describe("The rows are the result of a query."),
    tables: z
      .record(text, table)
      .default({})
      .describe("The tables that the query may read: the name in the query, and the file where the table is."),
    sql: text.describe(
      "The query, in DuckDB's dialect. What it returns is scored. Values of templates are inserted unchanged, see " +
        "[Values in SQL](#values-in-sql).",
    ),
    parameters: z
      .record(
        z.string().regex(/^[A-Za-z_]\w*$/, "expected a name of letters, digits and underscores"),
        z.union([scalar, z.array(scalar)]),
      )
      .optional()
      .describe(
        "Values that the query names as `$name`: `{ ds: '{{ ds }}' }` and `where ds = $ds`. No value can become a part of the query.",
      ),
  })
  .describe("Rows from a query.");

export const rowsSourceSchema = z
  .strictObject({
    kind: z.literal("rows").describe("The rows are given as they are."),
    path: text
      .optional()
      .describe(
        "A file, a folder or a glob of rows (Parquet, CSV, JSON lines), here or on S3. Left out if a program passes the rows in memory.",
      ),
    ...tableObject.omit({ path: true }).shape,
  })
  .describe("Rows from a file, or from the program that starts the run.");

/** Where the rows of a job come from, one member per kind. */
export const sourceSchema = z
  .discriminatedUnion("kind", [sqlSourceSchema, rowsSourceSchema])
  .describe("Where the rows come from.");

const KINDS: readonly unknown[] = sourceSchema.options.map(({ shape }) => shape.kind.value);

/** Whether the `source` of a job is of a kind that the schema does not know, whose options are a plug-in's. */
export function isPluginSource(source: unknown): source is { readonly kind: string } {
  return isRecord(source) && typeof source["kind"] === "string" && !KINDS.includes(source["kind"]);
}
