import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { withoutByteOrderMark } from "../../lines/byte-order-mark.ts";
import { createLineCutter, withoutLineEnd } from "../../lines/line-cutter.ts";
import type { DataFrame } from "../../polars/polars.ts";
import { pl } from "../../polars/polars.ts";

/**
 * The lines of a file as column `line`, blank ones included, so that line i is line i. Read by the CSV scanner with separators that no JSON
 * text contains, which is the fastest reader there is; a file that holds them nevertheless is read without Polars.
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
  const cutter = createLineCutter();
  const add = (line: Buffer): void => void lines.push(lineText(withoutLineEnd(line)));
  cutter.push(withoutByteOrderMark(content), add);
  cutter.end(add);
  return lines;
}

/** Bytes that are not UTF-8 become a text that is not JSON: decoded leniently, they would pass as an answer that the model did not give. */
export function lineText(line: Buffer): string {
  return isUtf8(line) ? line.toString("utf8") : `\uFFFD${line.toString("utf8")}`;
}
