import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { tableUnreadable } from "../../tables/table-error.ts";
import type { TableInput } from "../../tables/table-input.ts";
import { createCellSplitter, ODD } from "../csv/layout/csv-cells.ts";
import { QUOTE } from "../csv/layout/csv-dialect.ts";

/** Measures of text files that DuckDB must be given, because it does not find them itself. */
export type TextMeasures = {
  /** Bytes of the longest record, in which quotes may hold line ends. */
  readonly longest: number;
  readonly quotedLineEnds: boolean;
};

const COMMA = 44;
const LINE_FEED = 10;

/** Reads the files of a published table once, as bytes. The result is kept while the files are unchanged. */
export async function measureText(
  input: TableInput,
  format: "csv" | "jsonl",
  signal: AbortSignal,
): Promise<TextMeasures> {
  const measures: TextMeasures[] = [];
  for (const path of input.found.files) {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    const key = JSON.stringify(["published", format, path, ...[ino, size, mtimeNs].map(String)]);
    measures.push(
      await input.memory.remember(key, () => (format === "csv" ? measureCsv(input, path) : measureLines(path, signal))),
    );
    signal.throwIfAborted();
  }
  return {
    longest: measures.reduce((most, { longest }) => Math.max(most, longest), 0),
    quotedLineEnds: measures.some(({ quotedLineEnds }) => quotedLineEnds),
  };
}

async function measureCsv({ name }: TableInput, path: string): Promise<TextMeasures> {
  const dialect = { delimiter: COMMA, quote: QUOTE, escape: QUOTE };
  const sink = { take: () => -1, cell: () => undefined, record: () => true };
  const splitter = createCellSplitter(dialect, sink, (reason) => tableUnreadable(name, path, reason));
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) splitter.push(chunk as Buffer);
  splitter.end();
  return { longest: splitter.longestRecord, quotedLineEnds: (splitter.odd & ODD.QUOTED_LINE_END) !== 0 };
}

async function measureLines(path: string, signal: AbortSignal): Promise<TextMeasures> {
  let longest = 0;
  let length = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      longest = Math.max(longest, length + end - start);
      length = 0;
      start = end + 1;
    }
    length += chunk.length - start;
  }
  return { longest: Math.max(longest, length), quotedLineEnds: false };
}
