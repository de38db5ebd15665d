const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x7b, 0x5b];
const CLOSING = [0x7d, 0x5d];
const MARK = [0xef, 0xbb, 0xbf];

/** JSON objects and lists, one after another, over several lines or several on one: their number, and each on one line. */
export type DocumentLines = {
  /** The bytes of the chunk, with line breaks only after each document. */
  push(chunk: Buffer): Buffer;
  /** How many documents there were; null if something else was between them, or the last one is not whole. */
  count(): number | null;
};

/** Only objects and lists show where they end: `0.251.5` may be several pairs of numbers. Line breaks are found by bytes, nothing is parsed. */
export function createDocumentLines(): DocumentLines {
  let [documents, depth] = [0, 0];
  let [inText, escaped, isForeign] = [false, false, false];
  return {
    push(chunk) {
      // A document may end with each byte.
      const out = Buffer.allocUnsafe(chunk.length * 2);
      let length = 0;
      for (const byte of chunk) {
        if (inText) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inText = false;
          isForeign ||= byte === LINE_FEED;
          out[length++] = byte;
          continue;
        }
        const isSpace = byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === SPACE || byte === TAB;
        if (OPENING.includes(byte)) depth += 1;
        else if (CLOSING.includes(byte)) depth -= 1;
        else if (byte === QUOTE && depth > 0) inText = true;
        else if (depth === 0) {
          isForeign ||= !isSpace && !MARK.includes(byte);
          continue;
        }
        out[length++] = isSpace ? SPACE : byte;
        if (depth > 0) continue;
        out[length++] = LINE_FEED;
        documents += 1;
        isForeign ||= depth < 0;
      }
      return out.subarray(0, length);
    },
    count: () => (isForeign || inText || depth !== 0 ? null : documents),
  };
}
