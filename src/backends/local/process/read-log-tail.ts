import { open } from "node:fs/promises";

const LINES = 15;
const BYTES = 4000;

/** The last lines of a log for the end of a message: `; it ends with:` and the lines, indented, or `; it is empty.` */
export async function readLogTail(path: string): Promise<string> {
  const text = (await lastBytes(path).catch(() => "")).trimEnd();
  if (text === "") return "; it is empty.";
  return `; it ends with:\n${text
    .split("\n")
    .slice(-LINES)
    .map((line) => `  ${line}`)
    .join("\n")}`;
}

async function lastBytes(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
