import { createReadStream } from "node:fs";
import type { LineCounts } from "../../lines/answer-lines.ts";
import { withoutByteOrderMark } from "../../lines/byte-order-mark.ts";
import { createLineCutter, withoutLineEnd } from "../../lines/line-cutter.ts";
import { createLineTally } from "../../lines/line-tally.ts";
import { createRecordEnds } from "../../lines/record-ends.ts";
import type { Protocol } from "../../protocols/protocol.ts";

const LINE_FEED = 10;

/** `openQuote`: number of the line, from 1, in which a quote opens that is never closed; null if there is none. */
export type UnitCounts = LineCounts & { readonly openQuote: number | null };

/** Counts the lines of a file, or, of CSV, its records, which may be several lines. The last one may end without a line break. */
export async function countUnits(
  path: string,
  { answerNotation }: Pick<Protocol, "answerNotation">,
): Promise<UnitCounts> {
  const cutter = createLineCutter();
  const tally = createLineTally();
  const ends = createRecordEnds();
  let [line, begun] = [0, 0];
  let ended = true;
  const count = (bytes: Buffer): void => {
    line += 1;
    ended = bytes.at(-1) === LINE_FEED;
    if (begun === 0) begun = line;
    if (answerNotation === "csv" && !ends.add(bytes)) return;
    tally.add(begun === line && withoutByteOrderMark(withoutLineEnd(bytes)).length === 0);
    begun = 0;
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    cutter.push(chunk, count);
  }
  cutter.end(count);
  if (begun > 0) tally.add(false);
  return { ...tally.counts(ended), openQuote: begun > 0 ? begun : null };
}
