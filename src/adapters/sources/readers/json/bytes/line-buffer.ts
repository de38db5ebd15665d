/** Lines that are waiting to be written to a file. A line that is begun again replaces its first beginning. */
export type LineBuffer = {
  beginLine(): void;
  endLine(): void;
  byte(byte: number): void;
  copy(from: Buffer, start: number, end: number): void;
  /** ASCII. */
  text(text: string): void;
  /** The whole lines, which are forgotten with the next line that begins. */
  take(): Buffer;
  /** Bytes of the whole lines. */
  waiting(): number;
  /** Bytes of the longest line. */
  longest(): number;
};

const FIRST_BYTES = 1 << 21;

export function createLineBuffer(): LineBuffer {
  let bytes = Buffer.allocUnsafe(FIRST_BYTES);
  let used = 0;
  let whole = 0;
  let longest = 0;

  function reserve(count: number): void {
    if (used + count <= bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, used + count));
    bytes.copy(larger, 0, 0, used);
    bytes = larger;
  }

  function byte(value: number): void {
    reserve(1);
    bytes[used] = value;
    used += 1;
  }

  return {
    byte,
    beginLine() {
      used = whole;
    },
    endLine() {
      byte(0x0a);
      longest = Math.max(longest, used - whole);
      whole = used;
    },
    copy(from, start, end) {
      const count = end - start;
      reserve(count);
      if (count < 32)
        for (let index = 0; index < count; index += 1) bytes[used + index] = from[start + index] as number;
      else from.copy(bytes, used, start, end);
      used += count;
    },
    text(text) {
      reserve(text.length);
      used += bytes.write(text, used, "latin1");
    },
    take() {
      const lines = Buffer.from(bytes.subarray(0, whole));
      used = 0;
      whole = 0;
      return lines;
    },
    waiting: () => whole,
    longest: () => longest,
  };
}
