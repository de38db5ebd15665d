import { LONGEST_NAME, partitionFolder } from "../../domain/hive-path.ts";
import type { TypedColumn } from "../../domain/types/column-type.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { FramePool } from "../../worker/frame-pool.ts";
import type { ExtractedInput } from "./extract.ts";

/** Bytes that one byte of a value becomes at most: `/` is `%2F`. */
const MOST_PER_BYTE = 3;
/** Characters of a value that a message quotes. */
const QUOTED = 40;

/**
 * Rejects rows whose partition would have a folder with too long a name, or too long a path, before anything is scored: `PARTITION_TOO_LONG`. `room`: bytes
 * that the folders of a partition may have in all.
 */
export async function checkPartitionNames(
  table: ExtractedInput,
  partitionBy: readonly string[],
  room: number,
  pool: FramePool,
  signal: AbortSignal,
): Promise<void> {
  const columns = partitionBy.flatMap((name) => table.columns.find((column) => column.name === name) ?? []);
  // Only text has any length.
  if (columns.length < partitionBy.length || !columns.some(({ type }) => type === "String")) return;
  const names = Buffer.byteLength(partitionFolder(partitionBy, []));
  const moreThan = Math.max(0, Math.floor((Math.min(LONGEST_NAME, room) - names) / MOST_PER_BYTE));
  const input = { path: table.path, rows: table.rows, columns, moreThan };
  for (const values of await pool.run("longPartitions", input, signal)) {
    const folders = partitionBy.map((name, index) => partitionFolder([name], [values[index] ?? null]));
    const long = folders.findIndex((folder) => Buffer.byteLength(folder) > LONGEST_NAME);
    if (long !== -1) throw nameTooLong(columns[long] as TypedColumn, values[long] ?? "", folders[long] ?? "");
    const bytes = Buffer.byteLength(folders.join("/"));
    if (bytes > room) throw pathTooLong(partitionBy, values, bytes, room);
  }
}

function nameTooLong({ name }: TypedColumn, value: string, folder: string): ScoreframeError {
  return tooLong(
    `A value of ${name}, by which output.partition_by names folders, is too long: ${beginning(value)}. ` +
      `Its folder's name would have ${Buffer.byteLength(folder)} bytes, and ${LONGEST_NAME} are possible.`,
    { column: name, value: value.slice(0, QUOTED) },
  );
}

function pathTooLong(
  partitionBy: readonly string[],
  values: readonly (string | null)[],
  bytes: number,
  room: number,
): ScoreframeError {
  const named = partitionBy.map((name, index) => `${name} ${beginning(values[index] ?? "")}`).join(", ");
  return tooLong(
    `The values of a partition are too long together: ${named}. Its folders' names would have ${bytes} bytes, and ${room} are possible below this output.path.`,
    { columns: partitionBy, bytes, limit: room },
  );
}

function tooLong(message: string, details: Readonly<Record<string, unknown>>): ScoreframeError {
  return new ScoreframeError(
    "PARTITION_TOO_LONG",
    `${message} Nothing was scored. Partition by a shorter column, or shorten it in the source's SQL.`,
    { operation: "extract", option: "output.partition_by", details },
  );
}

function beginning(value: string): string {
  return value.length > QUOTED ? `${JSON.stringify(value.slice(0, QUOTED))}…` : JSON.stringify(value);
}
