import { exactField } from "../../../../core/json/exact-json.ts";
import type { RequestShard } from "../../../../core/ports/scoring-backend.ts";
import { keyText } from "../../../../core/protocols/pairing/key-text.ts";
import type { Protocol } from "../../../../core/protocols/protocol.ts";
import { sentRows } from "./sent-rows.ts";

/** What goes into one request: one line of the shard or, if a line is one row, several. */
export type RequestUnit = {
  readonly shard: number;
  /** 0-based position in the shard's sequence of requests. */
  readonly index: number;
  /** 0-based number in the shard of the first line. */
  readonly firstLine: number;
  readonly lines: number;
  /** Goes before the lines of the body, with a line feed. */
  readonly header: Buffer;
  /** The header, and the lines joined by `\n`, without a final one. Without a header it is a view of the shard's bytes. */
  readonly body: Buffer;
};

const NEWLINE = 0x0a;

export type UnitLimits = {
  /** The most lines in a request, if a line is a row. */
  readonly batchSize: number;
  /** The most bytes of a request. */
  readonly maxRequestBytes: number;
};

/** Cuts a shard's bytes into requests. */
export function* requestUnits(
  { shard, header: headerText }: Pick<RequestShard, "shard" | "header">,
  bytes: Buffer,
  protocol: Protocol,
  { batchSize, maxRequestBytes }: UnitLimits,
): Generator<RequestUnit> {
  const header = Buffer.from(headerText === null ? "" : `${headerText}\n`);
  const keyOf = keyReader(protocol, header);
  const linesInRequest = protocol.linesInRequest === "many" ? Math.max(1, batchSize) : 1;
  let index = 0;
  let firstLine = 0;
  let start = 0;
  while (start < bytes.length) {
    let lines = 0;
    let end = start;
    let next = start;
    const keys = new Set<string | null>();
    while (lines < linesInRequest && next < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, next);
      const lineEnd = newline === -1 ? bytes.length : newline;
      if (lines > 0 && header.length + lineEnd - start > maxRequestBytes) break;
      // Predictions of rows that share a key could not be distinguished.
      const key = keyOf?.(bytes.subarray(next, lineEnd));
      if (key !== undefined && keys.has(key)) break;
      if (key !== undefined) keys.add(key);
      end = lineEnd;
      next = end + 1;
      lines += 1;
    }
    const body = bytes.subarray(start, end);
    yield { shard, index, firstLine, lines, header, body: header.length === 0 ? body : Buffer.concat([header, body]) };
    index += 1;
    firstLine += lines;
    start = next;
  }
}

/** Reads the key of a line that is one of several rows in a request; absent if rows have no keys. */
function keyReader(protocol: Protocol, header: Buffer): ((line: Buffer) => string | null) | undefined {
  const { pairing, linesInRequest } = protocol;
  if (pairing?.by !== "key" || linesInRequest === "one") return undefined;
  return (line) =>
    keyText(exactField(sentRows({ body: line, header, rows: [line] }, protocol)[0] ?? null, pairing.column));
}
