import { writeFileSync } from "node:fs";
import type { DataFrame, NativeFrame } from "../../../polars/polars.ts";
import { nativeFrame } from "../../../polars/polars.ts";
import { whileWriting } from "../../../polars/while-writing.ts";
import type { Line } from "./line-plan.ts";

/**
 * Bytes of requests up to which a piece is small. A query of Polars costs a millisecond or more however few rows it is about, and ten if the
 * processors are busy: more than to put the text of such a piece together here.
 */
const SMALL_BYTES = 64 << 10;

/** Writes rows of one frame into many small files, without a query for each. */
export type SmallPieces = {
  writeFeatures(offset: number, rows: number, path: string): void;
  /** Request lines of rows with the column `text`: `open`, the texts with commas between, `close` and a line feed. */
  writeLines(offset: number, lines: readonly Line[], open: string, close: string, path: string): void;
};

export function isSmallPiece(lines: readonly Line[]): boolean {
  return lines.reduce((sum, line) => sum + line.bytes + 1, 0) <= SMALL_BYTES;
}

/** `columns`: those of the frame that are features, in order, called `c0`, `c1`, … in it. What is the same for all pieces is made at the first. */
export function smallPieces(encoded: DataFrame, columns: readonly string[]): SmallPieces {
  let named: NativeFrame | undefined;
  let texts: readonly string[] | undefined;
  return {
    writeFeatures(offset, rows, path) {
      named ??= inUserNames(encoded, columns);
      const piece = named.slice(offset, rows);
      whileWriting(path, () => piece.writeParquet(path, "zstd"));
    },
    writeLines(offset, lines, open, close, path) {
      texts ??= encoded.getColumn("text").toArray() as string[];
      let row = offset;
      let content = "";
      for (const line of lines) {
        content += `${open}${texts.slice(row, row + line.rows).join(",")}${close}\n`;
        row += line.rows;
      }
      whileWriting(path, () => writeFileSync(path, content));
    },
  };
}

function inUserNames(encoded: DataFrame, columns: readonly string[]): NativeFrame {
  const named = nativeFrame(encoded).select(columns.map((_name, index) => `c${index}`));
  named.columns = columns;
  return named;
}
