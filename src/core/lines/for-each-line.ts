const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const NOTHING = Buffer.alloc(0);

/** What becomes of a line, by its 0-based number and whether it is empty: it is kept, dropped, or replaced with a text. */
export type LineVerdict = (line: number, isEmpty: boolean) => "keep" | "drop" | { readonly text: string };

/**
 * Passes on lines as the verdict says, each ended by a line feed. By bytes, and piece by piece: Node's readline ends lines at U+2028, too, which may
 * be in JSON, and a line may be as large as a payload.
 */
export async function* forEachLine(chunks: AsyncIterable<Buffer>, verdict: LineVerdict): AsyncGenerator<Buffer> {
  let line = 0;
  /** What becomes of the line that an earlier chunk began; null between lines. */
  let fate: ReturnType<LineVerdict> | null = null;
  for await (const chunk of withWholeLineEnds(chunks)) {
    for (let start = 0; start < chunk.length; ) {
      const feed = chunk.indexOf(LINE_FEED, start);
      const end = feed === -1 ? chunk.length : feed;
      if (fate === null) {
        fate = verdict(line, end === start || (end === start + 1 && chunk[start] === CARRIAGE_RETURN));
        if (typeof fate === "object") yield Buffer.from(`${fate.text}\n`);
      }
      if (fate === "keep") yield chunk.subarray(start, feed === -1 ? end : end + 1);
      start = end + 1;
      if (feed === -1) continue;
      fate = null;
      line += 1;
    }
  }
  if (fate === "keep") yield Buffer.from("\n");
}

/** The same bytes, in chunks none of which but the last ends with a carriage return: whether that ends a line is seen in one chunk. */
async function* withWholeLineEnds(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = NOTHING;
  for await (const chunk of chunks) {
    const whole = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    held = whole.at(-1) === CARRIAGE_RETURN ? whole.subarray(-1) : NOTHING;
    yield whole.subarray(0, whole.length - held.length);
  }
  if (held.length > 0) yield held;
}
