import { skipString } from "./json-spans.ts";

const QUOTE = 0x22;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);

/** Whether a text begins as JSON and ends inside a list, an object or a string of it. */
export function breaksOff(text: Buffer): boolean {
  const first = text[0];
  if (first !== QUOTE && !OPEN.has(first as number)) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const byte = text[i] as number;
    if (byte === QUOTE) {
      const end = skipString(text, i);
      if (end === text.length && (text[end - 1] !== QUOTE || end - 1 === i)) return true;
      i = end - 1;
    } else if (OPEN.has(byte)) depth += 1;
    else if (CLOSE.has(byte)) depth -= 1;
  }
  return depth > 0;
}
