import { closeSync, openSync, writeSync } from "node:fs";
import type { CompactionTask } from "../../../domain/compaction-task.ts";
import type { ColumnType } from "../../../domain/types/column-type.ts";
import { jsonReady } from "../../../polars/json-ready.ts";
import type { Expr, LazyFrame } from "../../../polars/polars.ts";
import { base64, column, pl, textHead, unsliced } from "../../../polars/polars.ts";

/** Rows that are turned into text at a time. */
const BATCH_ROWS = 25_000;

type TextFile = { readonly path: string; readonly rows: number };

/** Writes rows, read a batch at a time with columns `c0`, …, as CSV or JSON Lines files of at most about `bytesPerFile`. */
export function writeTextFiles(
  task: CompactionTask,
  rows: number,
  read: (offset: number, count: number) => LazyFrame,
  pathOf: (part: number, extension: string) => string,
): TextFile[] {
  const extension = task.format === "csv" ? "csv" : "jsonl";
  const files: TextFile[] = [];
  let offset = 0;
  do {
    const path = pathOf(files.length, extension);
    const written = writeOne(task, path, rows, offset, read);
    files.push({ path, rows: written });
    offset += written;
  } while (offset < rows);
  return files;
}

function writeOne(
  task: CompactionTask,
  path: string,
  rows: number,
  first: number,
  read: (offset: number, count: number) => LazyFrame,
): number {
  const file = openSync(path, "w");
  let bytes = 0;
  let offset = first;
  try {
    do {
      const count = Math.min(BATCH_ROWS, rows - offset);
      const text = batchText(task, read(offset, count), offset === first);
      writeAll(file, text);
      bytes += text.length;
      offset += count;
    } while (offset < rows && bytes < task.bytesPerFile);
  } finally {
    closeSync(file);
  }
  return offset - first;
}

function batchText(task: CompactionTask, lazy: LazyFrame, isFirst: boolean): Buffer {
  // The names `c0`, … hide no method of the frame; only the encoders see the real ones.
  const whole = unsliced(lazy.collectSync()).lazy();
  if (task.format === "csv") return csvText(task, whole, isFirst);
  const fields = task.columns.map(({ name, type }, index) => jsonReady(column(`c${index}`), type).alias(name));
  const lines = whole.select(pl.struct(fields).struct.jsonEncode().alias("line")).collectSync();
  const text = lines.getColumn("line").toArray().join("\n");
  return Buffer.from(text === "" ? "" : `${text}\n`);
}

function csvText({ columns, escapeFormulas }: CompactionTask, whole: LazyFrame, isFirst: boolean): Buffer {
  const fields = columns.map(({ type }, index) => {
    const cell = csvReady(column(`c${index}`), type);
    return (escapeFormulas && type === "String" ? withoutFormula(cell) : cell).alias(`c${index}`);
  });
  const body = whole.select(fields).collectSync().writeCSV({ includeHeader: false });
  if (!isFirst) return body;
  const header = columns.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(",");
  return Buffer.concat([Buffer.from(`${header}\n`), body]);
}

/** Spreadsheets run what begins with one of these characters, also if it is in quotes. */
const FORMULA = "^([=+\\-@\t\r])";

function withoutFormula(cell: Expr): Expr {
  return cell.str.replace(FORMULA, "'$1");
}

/** A cell holds one text: nested values are JSON, bytes are base64. */
function csvReady(value: Expr, type: ColumnType): Expr {
  if (type === "Binary") return base64(value);
  if (typeof type === "string" || !("List" in type || "Array" in type || "Struct" in type)) return value;
  // The encoder takes structs only: `{"v":…}` loses its first five characters and its last.
  const wrapped = pl.struct([jsonReady(value, type).alias("v")]).struct.jsonEncode();
  const text = textHead(wrapped.str.slice(5, null as never), -1);
  return pl.when(value.isNull()).then(pl.lit(null)).otherwise(text);
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
