import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { CsvFile } from "./csv-bytes.ts";
import { utf8Bytes } from "./csv-bytes.ts";
import { cellText, createCellSplitter, STYLE } from "./csv-cells.ts";
import type { CsvDialect } from "./csv-dialect.ts";
import { LINE_FEED, QUOTE } from "./csv-dialect.ts";

/** Writes a file in the plainest form that CSV has: quotes `"`, doubled inside, and line feeds. Null stays an empty cell, empty text is `""`. */
export async function writePlainCsv(
  file: CsvFile,
  dialect: CsvDialect,
  target: string,
  signal: AbortSignal,
  fault: (reason: string) => Error,
): Promise<void> {
  let parts: Buffer[] = [];
  const delimiter = Buffer.of(dialect.delimiter);
  const lineEnd = Buffer.of(LINE_FEED);
  const splitter = createCellSplitter(
    dialect,
    {
      take: () => -1,
      cell: (bytes, start, end, column, style) => {
        if (column > 0) parts.push(delimiter);
        const text = cellText(bytes, start, end, style, dialect);
        const quoted = style !== STYLE.PLAIN || needsQuotes(text, dialect.delimiter);
        parts.push(Buffer.from(quoted ? `"${text.replaceAll('"', '""')}"` : text));
      },
      record: () => {
        parts.push(lineEnd);
        return true;
      },
    },
    fault,
  );
  function take(): Buffer {
    const bytes = Buffer.concat(parts);
    parts = [];
    return bytes;
  }
  await pipeline(
    async function* () {
      for await (const chunk of utf8Bytes(file.text, file.compression, fault)) {
        signal.throwIfAborted();
        splitter.push(chunk);
        yield take();
      }
      splitter.end();
      yield take();
    },
    createWriteStream(target, { mode: 0o600 }),
  );
}

/** A cell without quotes in a dialect of other quotes may be one with quotes in this one. */
function needsQuotes(text: string, delimiter: number): boolean {
  return text.trimStart().charCodeAt(0) === QUOTE || text.includes(String.fromCharCode(delimiter));
}
