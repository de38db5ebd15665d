import { seeLogs } from "./job-failure.ts";

const NEWLINE = 0x0a;

/**
 * The lines of a stream, each with the newline that ended it; the last one may have none. An empty line is a record like any other. Throws a
 * `JobFailure` where a line is longer than the limit, before the rest of it is read; 0 is no limit.
 */
export async function* splitLines(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let bytes = 0;
  let number = 1;
  const add = (piece: Buffer): void => {
    begun.push(piece);
    bytes += piece.length;
    if (limit > 0 && bytes > limit) {
      throw seeLogs("ClientError", [`Record ${number} is larger than MaxPayloadInMB (${limit} bytes)`]);
    }
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end + 1));
      yield join(begun);
      begun = [];
      bytes = 0;
      number += 1;
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (bytes > 0) yield join(begun);
}

function join(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
}
