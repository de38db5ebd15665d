const LINE_FEED = 0x0a;

/** The most that a line may have, and the error where one has more. */
export type LineLimit = { readonly bytes: number; exceeded(line: number): Error };

/**
 * The lines of a stream, each with the line feed that ended it; the last one may have none. An empty line is a line like any other. Throws where a line
 * is longer than the limit, before the rest of it is read; `line` counts from 1.
 */
export async function* splitLines(chunks: AsyncIterable<Buffer>, limit?: LineLimit): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let bytes = 0;
  let line = 1;
  const add = (piece: Buffer): void => {
    begun.push(piece);
    bytes += piece.length;
    if (limit !== undefined && bytes > limit.bytes) throw limit.exceeded(line);
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end + 1));
      yield join(begun);
      begun = [];
      bytes = 0;
      line += 1;
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (bytes > 0) yield join(begun);
}

function join(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
}
