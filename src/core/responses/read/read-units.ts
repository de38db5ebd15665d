import { readFileSync } from "node:fs";
import { withoutByteOrderMark } from "../../lines/byte-order-mark.ts";
import { createLineCutter, withoutLineEnd } from "../../lines/line-cutter.ts";
import { createRecordEnds } from "../../lines/record-ends.ts";
import type { DataFrame } from "../../polars/polars.ts";
import { column, pl } from "../../polars/polars.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import { lineText, readLines } from "./read-lines.ts";

const QUOTE = 0x22;
const MARK = "\uFEFF";

/** The lines of a file as column `line`, or, of CSV, its records, which may be several lines. */
export function readUnits(path: string, { answerNotation }: Pick<Protocol, "answerNotation">): DataFrame {
  if (answerNotation !== "csv") return readLines(path);
  const content = readFileSync(path);
  return content.includes(QUOTE) ? readRecords(withoutByteOrderMark(content)) : readLines(path);
}

function readRecords(content: Buffer): DataFrame {
  const records: string[] = [];
  const cutter = createLineCutter();
  const ends = createRecordEnds();
  let start = 0;
  let end = 0;
  const add = (): void => {
    records.push(lineText(withoutLineEnd(content.subarray(start, end))));
    start = end;
  };
  const use = (line: Buffer): void => {
    end += line.length;
    if (ends.add(line)) add();
  };
  cutter.push(content, use);
  cutter.end(use);
  if (start < end) add();
  return pl.DataFrame([pl.Series("line", records, pl.Utf8)]);
}

/** Servers may begin each of their answers with a byte order mark, and files may be put one behind the other. */
export function withoutMarks(lines: DataFrame): DataFrame {
  if (!anyLineContains(lines, `^${MARK}`)) return lines;
  const texts = lines.getColumn("line").toArray() as (string | null)[];
  const plain = texts.map((text) => (text?.startsWith(MARK) ? text.slice(1) : text));
  return pl.DataFrame([pl.Series("line", plain, pl.Utf8)]);
}

/** Whether the pattern, a regular expression of Polars, is in one of the lines. */
export function anyLineContains(lines: DataFrame, pattern: string): boolean {
  return lines.filter(column("line").str.contains(pattern)).height > 0;
}
