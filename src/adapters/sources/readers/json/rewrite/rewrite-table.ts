import { mkdtemp, open } from "node:fs/promises";
import { join } from "node:path";
import { storageError } from "../../../../../core/errors/storage-error.ts";
import type { JsonCursor } from "../bytes/json-cursor.ts";
import { createLineBuffer } from "../bytes/line-buffer.ts";
import type { Rewrite } from "../json-reading.ts";
import type { JsonFile, JsonLayout, JsonProblem } from "../survey/read-records.ts";
import { readRecords } from "../survey/read-records.ts";
import { createRecordRewriter } from "./rewrite-record.ts";

/** Bytes that are gathered before they are written. */
const CHUNK_BYTES = 1 << 20;

/** Writes the rows of each file again as plain JSON Lines, in a new folder below `folder`. Returns these files in the same order, and how they are written. */
export async function rewriteTable(
  files: readonly JsonFile[],
  rewrite: Rewrite,
  folder: string,
  problem: JsonProblem,
  signal: AbortSignal,
): Promise<(JsonFile & JsonLayout)[]> {
  const own = await mkdtemp(join(folder, "json-"));
  const written: (JsonFile & JsonLayout)[] = [];
  for (const [index, file] of files.entries()) {
    const target = join(own, `${index}.jsonl`);
    const longest = await rewriteFile(file, target, rewrite, problem, signal);
    written.push({ path: target, compression: "none", shape: "lines", longest });
  }
  return written;
}

async function rewriteFile(
  file: JsonFile,
  target: string,
  rewrite: Rewrite,
  problem: JsonProblem,
  signal: AbortSignal,
): Promise<number> {
  const output = await open(target, "wx");
  const lines = createLineBuffer();
  const write = async (): Promise<void> => {
    await output.appendFile(lines.take()).catch((thrown: unknown) => {
      throw storageError(target, "write", thrown);
    });
  };
  try {
    const createReader = (cursor: JsonCursor) => createRecordRewriter(rewrite, cursor, lines);
    await readRecords(file, problem, signal, createReader, () =>
      lines.waiting() >= CHUNK_BYTES ? write() : undefined,
    );
    await write();
    return lines.longest();
  } finally {
    await output.close();
  }
}
