import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import type { DataFrame } from "./polars.ts";
import { pl } from "./polars.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = Buffer.from("\uFEFF");

/**
 * The lines of a file as column `line`, blank ones included, so that line i is line i. Read by the CSV scanner with separators that no JSON
 * text contains, which is the fastest reader there is; a file that holds them all the same is read by hand.
 */
export function readLines(path: string): DataFrame {
  try {
    return pl
      .scanCSV(path, {
        hasHeader: false,
        sep: "\x01",
        quoteChar: "\x02",
        schema: { line: pl.Utf8 },
        missingUtf8IsEmptyString: true,
        raiseIfEmpty: false,
        glob: false,
      } as never)
      .collectSync();
  } catch {
    return pl.DataFrame([pl.Series("line", splitLines(readFileSync(path)), pl.Utf8)]);
  }
}

function splitLines(content: Buffer): string[] {
  const lines: string[] = [];
  for (let start = content.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0; start < content.length; ) {
    const newline = content.indexOf(NEWLINE, start);
    const end = newline === -1 ? content.length : newline;
    lines.push(lineText(content.subarray(start, content[end - 1] === CARRIAGE_RETURN ? end - 1 : end)));
    start = end + 1;
  }
  return lines;
}

/** Bytes that are no text become a text that is no JSON: decoded leniently they would pass as an answer that nobody gave. */
function lineText(line: Buffer): string {
  return isUtf8(line) ? line.toString("utf8") : `\uFFFD${line.toString("utf8")}`;
}
