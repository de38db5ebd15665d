const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The most that a line may have, and the error if one has more. */
export type LineLimit = { readonly bytes: number; exceeded(line: number): Error };

/** Cuts chunks of bytes into lines. Each line has the line feed that ended it; the last one may have none. */
export type LineCutter = {
  /** Passes on the lines that end in this chunk. */
  push(chunk: Buffer, use: (line: Buffer) => void): void;
  /** Passes on what is left after the last line feed. */
  end(use: (line: Buffer) => void): void;
};

/**
 * Cuts by bytes, at line feeds only: Node's readline ends lines at U+2028, too, which JSON may contain. An empty line is a line like any other.
 * Throws if a line is longer than the limit, before the rest of it is read; `line` counts from 1.
 */
export function createLineCutter(limit?: LineLimit): LineCutter {
  let begun: Buffer[] = [];
  let bytes = 0;
  let line = 1;
  const add = (piece: Buffer): void => {
    begun.push(piece);
    bytes += piece.length;
    if (limit !== undefined && bytes > limit.bytes) throw limit.exceeded(line);
  };
  const finish = (use: (line: Buffer) => void): void => {
    const whole = begun.length === 1 ? (begun[0] as Buffer) : Buffer.concat(begun);
    begun = [];
    bytes = 0;
    line += 1;
    use(whole);
  };
  return {
    push(chunk, use) {
      let start = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
        add(chunk.subarray(start, end + 1));
        start = end + 1;
        finish(use);
      }
      if (start < chunk.length) add(chunk.subarray(start));
    },
    end(use) {
      if (bytes > 0) finish(use);
    },
  };
}

/** A line without its line feed and the carriage return before it; one at the end of a file may have a carriage return only. */
export function withoutLineEnd(line: Buffer): Buffer {
  const end = line.at(-1) === LINE_FEED ? line.length - 1 : line.length;
  return line.subarray(0, line[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
}
