import type { RequestShard } from "../../../core/ports/scoring-backend.ts";
import type { Protocol } from "../../../core/protocols/protocol.ts";

/** What goes into one request: a line of the shard or, where a line is one row, several. */
export type RequestUnit = {
  readonly shard: number;
  /** 0-based position in the shard's sequence of requests. */
  readonly index: number;
  /** 0-based number in the shard of the first line. */
  readonly firstLine: number;
  readonly lines: number;
  /** Stands before the lines of the body, with a line feed. */
  readonly header: Buffer;
  /** The header, and the lines joined by `\n`, without a last one: where there is no header, a view of the shard's bytes. */
  readonly body: Buffer;
};

const NEWLINE = 0x0a;

export type UnitLimits = {
  /** Most lines in a request, where a line is a row. */
  readonly batchSize: number;
  /** Most bytes of a request. */
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
  const linesInRequest = protocol.linesInRequest === "many" ? Math.max(1, batchSize) : 1;
  let index = 0;
  let firstLine = 0;
  let start = 0;
  while (start < bytes.length) {
    let lines = 0;
    let end = start;
    let next = start;
    while (lines < linesInRequest && next < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, next);
      const lineEnd = newline === -1 ? bytes.length : newline;
      if (lines > 0 && header.length + lineEnd - start > maxRequestBytes) break;
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
