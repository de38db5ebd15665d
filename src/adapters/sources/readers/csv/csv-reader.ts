import { stat } from "node:fs/promises";
import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { tableUnreadable } from "../../tables/table-error.ts";
import type { TableInput } from "../../tables/table-input.ts";
import type { CsvSelect, PlainFile } from "./csv-select.ts";
import { csvQuery, csvTextQuery } from "./csv-select.ts";
import { findHeader, headerUnclear } from "./header/find-header.ts";
import { nameColumns } from "./header/name-columns.ts";
import type { CsvFile } from "./layout/csv-bytes.ts";
import type { CsvDialect } from "./layout/csv-dialect.ts";
import { declaredDialect, QUOTE } from "./layout/csv-dialect.ts";
import { cut } from "./layout/csv-head.ts";
import { findCell } from "./layout/find-cell.ts";
import { scratchFile } from "./layout/open-csv.ts";
import { readHeads } from "./layout/read-heads.ts";
import { writePlainCsv } from "./layout/write-plain-csv.ts";
import { parseDateFormat } from "./types/date-format.ts";
import type { ScannedFile } from "./types/decide-types.ts";
import { decideTypes } from "./types/decide-types.ts";
import { declaredTypes, findUnfitCell } from "./types/declared-types.ts";
import type { FileScan } from "./types/scan-file.ts";
import { scanFile } from "./types/scan-file.ts";

/**
 * A query for the rows of CSV files. Each file is read as a whole before DuckDB reads it: all of its cells determine its records, types and names, which
 * are passed to DuckDB, so that it guesses nothing.
 */
export async function csvReader(session: DuckdbSession, input: TableInput): Promise<string> {
  const { name, found, options } = input;
  const fault = (path: string) => (reason: string) => tableUnreadable(name, path, reason);
  const tableFault = fault(found.path);
  const declared = declaredDialect(input, tableFault);
  const dateFormat = options.dateformat === undefined ? undefined : parseDateFormat(options.dateformat, tableFault);

  const { dialect, heads } = await readHeads(session, input, declared, fault);
  const hasHeader = options.header ?? findHeader(heads, input.sqlNames);
  if (hasHeader === undefined) throw await headerUnclear(session, input, heads, dialect);
  const named = nameColumns(input, heads, hasHeader, dialect);
  const names = named[0]?.names ?? [];
  const ofFolders = new Set(input.hive.map(({ name: folder }) => folder));
  const ofFiles = Object.entries(options.types ?? {}).filter(([column]) => !ofFolders.has(column));
  const types = await declaredTypes(session, ofFiles, names, tableFault);
  const files: ScannedFile[] = [];
  for (const head of named) {
    const columns = head.names.length;
    const columnTypes = new Set([...head.names.keys()].filter((index) => types.has(head.names[index] ?? "")));
    const scanOptions = { dialect, hasHeader, columns, nulls: options.nulls ?? [], declared: columnTypes };
    const scanKey = {
      ...scanOptions,
      declared: [...columnTypes],
      dateformat: options.dateformat,
      encoding: options.encoding,
    };
    const scan = await rememberScan(input, head.file, scanKey, () =>
      scanFile(
        head.file,
        { ...scanOptions, isDeclaredDate: dateFormat?.matches },
        session.signal,
        fault(head.file.path),
      ),
    );
    assertNoSecondHeader(head.names, scan, hasHeader, fault(head.file.path));
    files.push({ ...head, scan });
  }
  const columns = decideTypes(session, input, files, { names, types, dateFormat });
  const select: CsvSelect = {
    columns,
    files: await plainFiles(session, input, files, dialect),
    delimiter: dialect.delimiter,
    hasHeader,
    fileOptions: input.fileOptions,
    hasFileColumn: input.hive.length > 0,
    nulls: options.nulls ?? [],
    dateFormat,
  };
  const unfit = await findUnfitCell(session, csvTextQuery(select), types, options.nulls ?? [], dateFormat);
  if (unfit !== undefined) {
    const place = await findCell(files, unfit, dialect, hasHeader);
    const cell = JSON.stringify(cut(unfit.text));
    // A cell with a digit is rather a value that is written otherwise.
    const asNull = /\d/.test(unfit.text) ? "" : `, declare it as null (nulls: [${cell}])`;
    const asText = /\d,\d/.test(unfit.text) ? " (text with a decimal comma can be cast in the SQL)" : "";
    throw fault(place?.path ?? found.path)(
      `line ${place?.line ?? "?"} has ${cell} in the column "${unfit.column}", which is not an exact ${unfit.type}. Correct the cell${asNull}, or give the column another type${asText}`,
    );
  }
  return `(${csvQuery(select)})`;
}

/** Files that were put together have their headers among the rows. */
function assertNoSecondHeader(
  names: readonly string[],
  { columns }: FileScan,
  hasHeader: boolean,
  fault: (reason: string) => Error,
): void {
  if (!hasHeader) return;
  const found = columns.find(
    ({ misfit }, index) => misfit !== undefined && misfit.fitting > 0 && misfit.text === names[index],
  );
  if (found === undefined) return;
  throw fault(`line ${found.misfit?.line} repeats the header. Remove the line; if it is a row, declare types`);
}

/** Files that DuckDB may read in another way are written again. */
async function plainFiles(
  session: DuckdbSession,
  { name, options, hive, columnsOnly }: TableInput,
  files: readonly ScannedFile[],
  dialect: CsvDialect,
): Promise<PlainFile[]> {
  const filled = files.filter(({ scan }) => scan.records > 0);
  const plain: PlainFile[] = [];
  // No row is read of a table whose columns are asked for, unless values are compared.
  const isRead = !columnsOnly || options.types !== undefined || hive.length > 0;
  for (const { file, names, scan } of filled.length > 0 ? filled : files.slice(0, 1)) {
    const { longestRecord, quotedLineEnds } = scan;
    if (!scan.isOdd || !isRead) {
      plain.push({
        path: file.text,
        original: file.path,
        compression: file.compression,
        names,
        quote: dialect.quote,
        longestRecord,
        quotedLineEnds,
      });
      continue;
    }
    const path = await scratchFile(session);
    await writePlainCsv(file, dialect, path, session.signal, (reason) => tableUnreadable(name, file.path, reason));
    plain.push({
      path,
      original: file.path,
      compression: "none",
      names,
      quote: QUOTE,
      longestRecord: longestRecord * 2,
      quotedLineEnds,
    });
  }
  return plain;
}

/** The scan of a file, made once while the file is the same. */
async function rememberScan(
  { memory }: TableInput,
  { path }: CsvFile,
  options: unknown,
  scan: () => Promise<FileScan>,
): Promise<FileScan> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return memory.remember(JSON.stringify(["csv", path, ...[ino, size, mtimeNs, ctimeNs].map(String), options]), scan);
}
