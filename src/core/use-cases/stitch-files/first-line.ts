import { createReadStream } from "node:fs";
import { withoutByteOrderMark } from "../../lines/byte-order-mark.ts";
import { withoutLineEnd } from "../../lines/line-cutter.ts";
import { splitLines } from "../../lines/split-lines.ts";

/** The first line of a file that has something in it; null if there is none. */
export async function firstLine(path: string): Promise<string | null> {
  for await (const line of splitLines(createReadStream(path) as AsyncIterable<Buffer>)) {
    const text = withoutByteOrderMark(withoutLineEnd(line)).toString("utf8");
    if (text.trim() !== "") return text;
  }
  return null;
}

/** Whether a line begins a JSON object or list that does not end with it, or is followed by another on the same line. */
export function beginsDocument(line: string | null): boolean {
  if (line === null || !/^\s*[{[]/.test(line)) return false;
  try {
    JSON.parse(line);
    return false;
  } catch {
    return true;
  }
}
