import { readFileSync } from "node:fs";
import type { DataFrame } from "./polars.ts";
import { pl } from "./polars.ts";

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
    return pl.DataFrame([pl.Series("line", splitLines(readFileSync(path, "utf8")), pl.Utf8)]);
  }
}

function splitLines(text: string): string[] {
  const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
