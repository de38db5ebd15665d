import { basename } from "node:path";
import type { DuckdbSession } from "../../../../duckdb/duckdb-session.ts";
import { tableUnreadable } from "../../../tables/table-error.ts";
import type { TableInput } from "../../../tables/table-input.ts";
import type { CsvFile } from "./csv-bytes.ts";
import type { CsvDialect, DeclaredDialect } from "./csv-dialect.ts";
import { showDelimiter } from "./csv-dialect.ts";
import type { HeadBytes, HeadRecord } from "./csv-head.ts";
import { assertNoExcelLine, assertNoTitle, assertOneColumn, findDelimiter, readHead, splitHead } from "./csv-head.ts";
import { openCsv } from "./open-csv.ts";

export type FileHead = { readonly file: CsvFile; readonly records: readonly HeadRecord[] };

/** The beginning of each file that has a record, and the dialect in which all are written. */
export async function readHeads(
  session: DuckdbSession,
  { name, found, options }: TableInput,
  declared: DeclaredDialect,
  fault: (path: string) => (reason: string) => Error,
): Promise<{ dialect: CsvDialect; heads: FileHead[] }> {
  const heads: FileHead[] = [];
  let dialect: CsvDialect | undefined;
  let columns = 0;
  for (const path of found.files) {
    const file = await openCsv(session, path, options.encoding, fault(path));
    const bytes = await readHead(file, declared.quote, fault(path));
    assertNoExcelLine(bytes, fault(path));
    if (dialect === undefined) {
      if (splitHead(bytes, { ...declared, delimiter: declared.delimiter ?? 0 }).length === 0 && isBlank(bytes))
        continue;
      dialect = { ...declared, delimiter: findDelimiter(bytes, declared, fault(path)) };
    }
    const records = splitHead(bytes, dialect);
    if (records.length === 0 && isBlank(bytes)) continue;
    const [first] = records;
    if (columns === 0) columns = first?.cells.length ?? 0;
    if (
      heads[0] !== undefined &&
      first !== undefined &&
      first.cells.length !== columns &&
      declared.delimiter === undefined
    ) {
      const own = findDelimiter(bytes, declared, fault(path));
      if (own !== dialect.delimiter) {
        throw fault(path)(
          `its cells are separated by ${showDelimiter(own)}, and those of ${basename(heads[0].file.path)} by ${showDelimiter(dialect.delimiter)}. Write the files of one table with the same delimiter, or make them two tables`,
        );
      }
    }
    assertNoTitle(bytes, dialect, declared.delimiter !== undefined, fault(path));
    if (columns === 1 && declared.delimiter === undefined) assertOneColumn(records, fault(path));
    heads.push({ file, records });
  }
  if (dialect === undefined || heads.length === 0) {
    throw tableUnreadable(name, found.path, "it has no lines. Write it again, or leave the table out of source.tables");
  }
  return { dialect, heads };
}

function isBlank({ bytes }: HeadBytes): boolean {
  return bytes.every((byte) => byte === 10 || byte === 13);
}
