import { tmpdir } from "node:os";
import type { FrameSource } from "../../../core/ports/frame-source.ts";
import type { OpenStore } from "../../../core/ports/object-store.ts";
import { quoteIdentifier, quoteText } from "../../duckdb/sql-quoting.ts";
import { createSqlSource } from "../sql/sql-source.ts";
import { escapeGlob } from "../tables/find/table-files.ts";
import type { TableDefinition } from "../tables/table-definition.ts";
import type { RowsInput } from "./for-each-row.ts";
import { createSpool } from "./spool.ts";
import type { SpooledRows } from "./spool-rows.ts";

export type RowsSourceOptions = {
  /** Folder for the temporary file of the rows. Default: the system's. */
  readonly temporaryDirectory?: string | undefined;
  /** Folder that a relative path is relative to. Default: the working directory. */
  readonly baseDirectory?: string | undefined;
  /** As of the SQL source. */
  readonly memoryLimitMb?: number | undefined;
  /** As of the SQL source. */
  readonly openStore?: OpenStore | undefined;
};

/**
 * Rows that are given directly: objects (an array, or any iterable), or a table file. The types of objects come from all rows, never from a
 * sample, and no text is taken for anything but text. An iterable is read once, by the first call, and its rows are gone after they have been
 * extracted without a limit.
 */
export function createRowsSource(input: RowsInput | TableDefinition, options: RowsSourceOptions = {}): FrameSource {
  return isRows(input) ? createObjectsSource(input, options) : createFileSource(input, options);
}

function isRows(input: RowsInput | TableDefinition): input is RowsInput {
  return typeof input === "object" && (Symbol.iterator in input || Symbol.asyncIterator in input);
}

function createFileSource(table: TableDefinition, options: RowsSourceOptions): FrameSource {
  const baseDirectory = options.baseDirectory ?? process.cwd();
  return createSqlSource({ ...options, baseDirectory, tables: { rows: table }, sql: "SELECT * FROM rows" });
}

function createObjectsSource(input: RowsInput, options: RowsSourceOptions): FrameSource {
  const temporaryDirectory = options.temporaryDirectory ?? tmpdir();
  const spool = createSpool(input, temporaryDirectory);
  const sourceOf = (rows: SpooledRows) =>
    createSqlSource({ ...options, baseDirectory: temporaryDirectory, tables: {}, sql: selectOf(rows) });
  return {
    describe: (context) => spool.use(context.signal, "keep", (rows) => sourceOf(rows).describe(context)),
    extract: (target, extraction) =>
      spool.use(extraction.signal, extraction.limit === undefined ? "remove" : "keep", (rows) =>
        sourceOf(rows).extract(target, extraction),
      ),
  };
}

function selectOf({ path, columns, longestLine }: SpooledRows): string {
  const types = columns.map(({ name, jsonType }) => `${quoteText(name)}: ${quoteText(jsonType)}`).join(", ");
  // DuckDB's limit of a line is 16 MiB unless it is raised.
  const longest = Math.max(1 << 24, longestLine + 1024);
  const options = `format = 'newline_delimited', auto_detect = false, maximum_object_size = ${longest}, columns = {${types}}`;
  const values = columns.map(({ name, type, jsonType }) => {
    const value = quoteIdentifier(name);
    return type === jsonType ? value : `CAST(${value} AS ${type}) AS ${value}`;
  });
  return `SELECT ${values.join(", ")} FROM read_json(${quoteText(escapeGlob(path))}, ${options})`;
}
