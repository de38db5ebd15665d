import { trimSpan } from "./json-spans.ts";

export const NEWLINE = Buffer.from("\n");

export type ParsedJson = { readonly text: string; readonly value: unknown };

/** A JSON text and its value; undefined if it is not JSON. */
export function parseJson(bytes: Buffer): ParsedJson | undefined {
  const text = bytes.toString("utf8");
  try {
    return { text, value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Inside a JSON string line breaks are escaped. All others are between values, where a blank means the same. */
export function oneLine(text: Buffer): Buffer {
  if (!text.includes(0x0a) && !text.includes(0x0d)) return text;
  const line = Buffer.from(text);
  for (let i = 0; i < line.length; i += 1) if (line[i] === 0x0a || line[i] === 0x0d) line[i] = 0x20;
  return line;
}

export function nonBlankLines(text: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf(0x0a, start);
    const stop = newline === -1 ? text.length : newline;
    const span = trimSpan(text, start, stop);
    if (span.end > span.start) lines.push(oneLine(text.subarray(span.start, span.end)));
    start = stop + 1;
  }
  return lines;
}
