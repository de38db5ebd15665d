import { writeFileSync } from "node:fs";
import type { Line } from "./line-plan.ts";
import type { DataFrame, Expr } from "./polars.ts";
import { column } from "./polars.ts";
import { remembered } from "./remembered.ts";
import { whileWriting } from "./while-writing.ts";
import { writeParquet } from "./write-parquet.ts";

/**
 * Bytes of requests up to which a piece is small. A query of Polars costs a millisecond or more however few rows it is about, and ten where the
 * processors are busy: more than to put the text of such a piece together here.
 */
const SMALL_BYTES = 64 << 10;

/** Methods that a column of the same name would hide. */
const NEEDED_METHODS = ["slice", "writeParquet"];

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
  let named: DataFrame | undefined;
  let texts: readonly string[] | undefined;
  return {
    writeFeatures(offset, rows, path) {
      if (columns.some((name) => NEEDED_METHODS.includes(name))) {
        writeParquet(encoded.slice(offset, rows).lazy().select(inUserNames(columns)), path);
        return;
      }
      named ??= encoded.lazy().select(inUserNames(columns)).collectSync();
      const piece = named.slice(offset, rows);
      whileWriting(path, () => piece.writeParquet(path, { compression: "zstd" }));
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

/** Features under the names that the user gave them. */
export const inUserNames = remembered((names: readonly string[]): Expr[] =>
  names.map((name, index) => column(`c${index}`).alias(name)),
);
