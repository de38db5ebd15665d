import { cellKind, KIND } from "../../../../../core/domain/cell-kind.ts";
import type { CsvFile } from "./csv-bytes.ts";
import { utf8Bytes } from "./csv-bytes.ts";
import { cellText, createCellSplitter, STYLE } from "./csv-cells.ts";
import type { CsvDialect, DeclaredDialect } from "./csv-dialect.ts";
import { DELIMITERS, showDelimiter } from "./csv-dialect.ts";

export type HeadCell = { readonly text: string; readonly isQuoted: boolean };

export type HeadRecord = { readonly line: number; readonly cells: readonly HeadCell[] };

/** The first bytes of a file; `isWhole`: there are no others. */
export type HeadBytes = { readonly bytes: Buffer; readonly isWhole: boolean };

const HEAD_BYTES = 1 << 18;
const LONGEST_HEAD = 1 << 26;
const HEAD_RECORDS = 1000;
/** A title and notes before a table have no more lines. */
const LONGEST_TITLE = 50;

/** Enough bytes for a few records, if there are some. */
export async function readHead(file: CsvFile, quote: number, fault: (reason: string) => Error): Promise<HeadBytes> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of utf8Bytes(file.text, file.compression, fault)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size < HEAD_BYTES) continue;
    const bytes = Buffer.concat(chunks);
    const dialect = { delimiter: 0, quote, escape: quote };
    if (size >= LONGEST_HEAD || splitHead({ bytes, isWhole: false }, dialect).length > 2)
      return { bytes: bytes.subarray(0, Math.max(HEAD_BYTES, longestStart(bytes))), isWhole: false };
  }
  return { bytes: Buffer.concat(chunks), isWhole: true };
}

/** The first megabyte holds enough records; more bytes were needed if records are large. */
function longestStart(bytes: Buffer): number {
  return bytes.length <= 2 << 20 ? Math.min(bytes.length, 1 << 20) : bytes.length;
}

/** The first records, up to a fault: reading the whole file reports it. */
export function splitHead({ bytes, isWhole }: HeadBytes, dialect: CsvDialect): HeadRecord[] {
  const records: HeadRecord[] = [];
  let cells: HeadCell[] = [];
  const splitter = createCellSplitter(
    dialect,
    {
      take: () => -1,
      cell: (chunk, start, end, _column, style) => {
        cells.push({ text: cellText(chunk, start, end, style, dialect), isQuoted: style !== STYLE.PLAIN });
      },
      record: (_columns, line) => {
        records.push({ line, cells });
        cells = [];
        return records.length < HEAD_RECORDS;
      },
    },
    () => END,
  );
  try {
    splitter.push(bytes);
    if (isWhole) splitter.end();
  } catch (error) {
    if (error !== END) throw error;
  }
  return records;
}

const END = new Error("The records end here.");

/** The delimiter by which all records have as many cells; else the one that the first line has most of. */
export function findDelimiter(head: HeadBytes, declared: DeclaredDialect, fault: (reason: string) => Error): number {
  if (declared.delimiter !== undefined) return declared.delimiter;
  const found = DELIMITERS.map((delimiter) => {
    const records = splitHead(head, { ...declared, delimiter });
    const count = records[0]?.cells.length ?? 0;
    return { delimiter, count, isEven: records.every(({ cells }) => cells.length === count) };
  }).filter(({ count }) => count > 1);
  const even = found.filter(({ isEven }) => isEven);
  const candidates = even.length > 0 ? even : found;
  const most = Math.max(...candidates.map(({ count }) => count));
  const [best, other] = candidates.filter(({ count }) => count === most);
  if (best === undefined) return DELIMITERS[0] as number;
  if (other !== undefined && even.length > 0) {
    throw fault(
      `each of its lines has as many ${showDelimiter(best.delimiter)} as ${showDelimiter(other.delimiter)}. Declare which one is between the cells: delimiter`,
    );
  }
  return best.delimiter;
}

/** Throws for a first line that sets the delimiter for Excel, and is neither names nor a row. */
export function assertNoExcelLine({ bytes }: HeadBytes, fault: (reason: string) => Error): void {
  const [line, delimiter] = /^"?sep=([^\r\n]?)"?(?=[\r\n]|$)/i.exec(bytes.toString("latin1", 0, 16)) ?? [];
  if (line === undefined) return;
  const declared = delimiter === "\t" ? "\\t" : (delimiter ?? "");
  throw fault(
    `its first line, ${JSON.stringify(line)}, is for Excel only. Remove the line, and declare delimiter: ${JSON.stringify(declared)} for the table`,
  );
}

/** Throws if the lines hold as many of a character that other writers put between cells. */
export function assertOneColumn(records: readonly HeadRecord[], fault: (reason: string) => Error): void {
  const texts = records.map(({ cells }) => cells[0]?.text ?? "");
  if (texts.length < 2 || records.some(({ cells }) => cells.length !== 1 || cells[0]?.isQuoted === true)) return;
  for (const [character, declared] of OTHER_DELIMITERS) {
    const count = (texts[0] ?? "").split(character).length;
    if (count === 1 || texts.some((text) => text.split(character).length !== count)) continue;
    // A column of text may have a blank in each line.
    if (
      character === " " &&
      !texts
        .slice(1)
        .every((text) => text.split(" ").every((part) => /^-?\d/.test(part) && cellKind(part)?.kind === KIND.NUMBER))
    )
      continue;
    throw fault(
      `each of its lines has ${count - 1} of the character ${declared}, and no comma, semicolon, tab or |. If it is between the cells, declare delimiter: ${declared} for the table; if the file has one column, declare delimiter: ","`,
    );
  }
}

/** Also Hive's control character. */
const OTHER_DELIMITERS: readonly (readonly [character: string, declared: string])[] = [
  ["\u0001", '"\\x01"'],
  ["^", '"^"'],
  ["~", '"~"'],
  [" ", '" "'],
];

/** Throws if the table begins only after some lines of another kind. */
export function assertNoTitle(
  head: HeadBytes,
  dialect: CsvDialect,
  isDeclared: boolean,
  fault: (reason: string) => Error,
): void {
  const first = splitHead(head, dialect);
  const count = first[0]?.cells.length ?? 0;
  const delimiters = isDeclared || count > 1 ? [dialect.delimiter] : DELIMITERS;
  for (const delimiter of delimiters) {
    const records = delimiter === dialect.delimiter ? first : splitHead(head, { ...dialect, delimiter });
    const wanted = records.at(-1)?.cells.length ?? 0;
    const start = 1 + records.findLastIndex(({ cells }) => cells.length !== wanted);
    const table = records[start];
    if (start === 0 || start > LONGEST_TITLE || table === undefined || wanted <= count) continue;
    if (records.length - start < 2) continue;
    if (start === 1 && count > 1 && wanted === count + 1 && isHeader(first[0], table)) {
      throw fault(
        `its header has ${count} names, and every line after it has ${wanted} cells. Write a name for the first column, too (R: write.csv, or write.table with col.names = NA), or remove the delimiter at the end of each line`,
      );
    }
    const lines = table.line - 1;
    throw fault(
      `only what comes after its first ${lines === 1 ? "line" : `${lines} lines`} is a table of ${wanted} columns; it begins with ${JSON.stringify(cut(records[0]?.cells[0]?.text ?? ""))}. ` +
        `Remove what comes before, or read the file in the SQL: FROM read_csv('…', skip = ${lines})` +
        (count === 1 ? ". If it is one column of text, declare a delimiter that it does not have" : ""),
    );
  }
}

function isHeader(first: HeadRecord | undefined, next: HeadRecord): boolean {
  return first !== undefined && next.line === first.line + 1 && first.cells.every(({ text }) => text !== "");
}

export function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
