import { closeSync, openSync, readSync } from "node:fs";
import { parquetRowCount } from "./parquet-row-count.ts";

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;
const QUOTE = 34;

/** Rows of a table's file: from the footer of Parquet, by counting lines of JSON Lines, records of CSV (its header left out). */
export function countRecords(path: string): number | null {
  if (/\.jsonl(\.data)?$/.test(path)) return countLines(path, false);
  if (/\.csv(\.data)?$/.test(path)) return countLines(path, true) - 1;
  return parquetRowCount(path);
}

/** A newline inside quotes belongs to its value. A doubled quote closes and opens again. */
function countLines(path: string, quoted: boolean): number {
  const file = openSync(path, "r");
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let lines = 0;
  let inside = false;
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      for (let at = 0; at < read; at += 1) {
        if (quoted && chunk[at] === QUOTE) inside = !inside;
        else if (chunk[at] === NEWLINE && !inside) lines += 1;
      }
    }
  } finally {
    closeSync(file);
  }
  return lines;
}
