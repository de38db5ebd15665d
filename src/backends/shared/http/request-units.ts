import type { Protocol } from "../../../core/protocols/protocol.ts";

/** What goes into one request: a line of the shard or, where a line is one row, several. */
export type RequestUnit = {
  readonly shard: number;
  /** 0-based position in the shard's sequence of requests. */
  readonly index: number;
  /** 0-based number in the shard of the first line. */
  readonly firstLine: number;
  readonly lines: number;
  /** The lines joined by `\n`, without a last one: a view of the shard's bytes. */
  readonly body: Buffer;
};

const NEWLINE = 0x0a;

/** Cuts a shard's bytes into requests, without copying. */
export function* requestUnits(
  shard: number,
  bytes: Buffer,
  protocol: Protocol,
  batchSize: number,
): Generator<RequestUnit> {
  const linesInRequest = protocol.lineHolds === "row" ? Math.max(1, batchSize) : 1;
  let index = 0;
  let firstLine = 0;
  let start = 0;
  while (start < bytes.length) {
    let lines = 0;
    let end = start;
    let next = start;
    while (lines < linesInRequest && next < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, next);
      end = newline === -1 ? bytes.length : newline;
      next = end + 1;
      lines += 1;
    }
    yield { shard, index, firstLine, lines, body: bytes.subarray(start, end) };
    index += 1;
    firstLine += lines;
    start = next;
  }
}
