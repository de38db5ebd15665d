import type { CsvFile } from "../layout/csv-bytes.ts";
import { utf8Bytes } from "../layout/csv-bytes.ts";
import { createCellSplitter, ODD } from "../layout/csv-cells.ts";
import type { CsvDialect } from "../layout/csv-dialect.ts";
import type { ColumnFacts, ColumnScanOptions } from "./column-scan.ts";
import { createColumnScan } from "./column-scan.ts";

/** What is known of a file after all of its cells were seen. */
export type FileScan = {
  /** Without the header. */
  readonly records: number;
  readonly columns: readonly ColumnFacts[];
  /** In bytes. */
  readonly longestRecord: number;
  readonly quotedLineEnds: boolean;
  /** Whether DuckDB may read the file in another way, so that it has to be written again in a plain one. */
  readonly isOdd: boolean;
};

export type ScanOptions = Omit<ColumnScanOptions, "delimiter"> & {
  readonly dialect: CsvDialect;
  readonly hasHeader: boolean;
  /** How many cells each record must have. */
  readonly columns: number;
};

/** Reads a file from beginning to end: each record must have as many cells as there are columns. Memory does not grow with the file. */
export async function scanFile(
  file: CsvFile,
  { dialect, hasHeader, columns, ...options }: ScanOptions,
  signal: AbortSignal,
  fault: (reason: string) => Error,
): Promise<FileScan> {
  let records = 0;
  let isHeader = hasHeader;
  const scan = createColumnScan(columns, { ...options, delimiter: dialect.delimiter });
  const sink = {
    take: (bytes: Uint8Array, start: number, limit: number, column: number) =>
      isHeader || column >= columns ? -1 : scan.take(bytes, start, limit, column),
    cell: (...[bytes, start, end, column, style]: Parameters<typeof scan.cell>) => {
      if (isHeader || column >= columns) return;
      scan.line = splitter.line;
      scan.cell(bytes, start, end, column, style);
    },
    record: (count: number, line: number) => {
      if (count !== columns) throw fault(raggedLine(line, count, columns, hasHeader));
      if (isHeader) isHeader = false;
      else records++;
      return true;
    },
  };
  const splitter = createCellSplitter(dialect, sink, fault);
  for await (const chunk of utf8Bytes(file.text, file.compression, fault)) {
    signal.throwIfAborted();
    splitter.push(chunk);
  }
  splitter.end();
  const { odd } = splitter;
  const lineEnds = odd & (ODD.LINE_FEED | ODD.CRLF | ODD.CARRIAGE_RETURN);
  if ((lineEnds & ODD.CARRIAGE_RETURN) !== 0 && lineEnds !== ODD.CARRIAGE_RETURN && columns === 1) {
    throw fault(
      "it has carriage returns alone and line feeds, so where a line ends is not clear. Put text with line ends into quotes",
    );
  }
  return {
    records,
    columns: scan.facts(),
    longestRecord: splitter.longestRecord,
    quotedLineEnds: (odd & ODD.QUOTED_LINE_END) !== 0,
    isOdd:
      (lineEnds & (lineEnds - 1)) !== 0 ||
      (odd & (ODD.BLANK_FIRST | ODD.SPACED_QUOTE)) !== 0 ||
      dialect.escape !== dialect.quote,
  };
}

function raggedLine(line: number, count: number, columns: number, hasHeader: boolean): string {
  const cells = count === 1 ? "1 cell" : `${count} cells`;
  const wanted = `the ${hasHeader ? "header" : "first line"} has ${columns}`;
  const hint = columns === 1 ? ", declare a delimiter that no cell has (delimiter)" : "";
  return `line ${line} has ${cells}, and ${wanted}. Correct the line${hint}, or read the file in the SQL with options of your own: FROM read_csv('…', …)`;
}
