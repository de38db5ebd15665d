import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { storageError } from "../../errors/storage-error.ts";
import { createDocumentLines } from "../../lines/json-documents.ts";

export type DocumentFile = { readonly path: string; readonly documents: number };

/** Writes a file of JSON documents that are not a line each to `linesPath`, one on each line. Null if the file is something else. */
export async function documentFile(path: string, linesPath: string): Promise<DocumentFile | null> {
  const lines = createDocumentLines();
  async function* onLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) yield lines.push(chunk);
  }
  try {
    await mkdir(dirname(linesPath), { recursive: true });
    await pipeline(createReadStream(path), onLines, createWriteStream(linesPath));
  } catch (thrown) {
    throw storageError(linesPath, "write", thrown);
  }
  const documents = lines.count();
  if (documents !== null) return { path: linesPath, documents };
  await rm(linesPath, { force: true });
  return null;
}
