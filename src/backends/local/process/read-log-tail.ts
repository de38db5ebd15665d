import { open } from "node:fs/promises";

const LINES = 15;
const BYTES = 4000;

/** The cause of a failed start is near the beginning; what is printed last may only follow from it. */
const SEARCHED_BYTES = 256_000;
const FIRST_ERROR_CHARACTERS = 300;
const ERROR =
  /^\W*([\w.]*(Error|Exception)\b|(error|fatal|panic)\b)|\[(error|critical|fatal)\]|\b(ERROR|CRITICAL|FATAL)\b/;

/**
 * The last lines of a log for the end of a message: `; it ends with:` and the lines, indented, or `; it is empty.` The first error in it comes
 * before them if it is not one of them.
 */
export async function readLogTail(path: string): Promise<string> {
  const text = (await lastBytes(path).catch(() => "")).trimEnd();
  if (text === "") return "; it is empty.";
  const tail = text.split("\n").slice(-LINES);
  const first = (await firstBytes(path).catch(() => "")).split("\n").find((line) => ERROR.test(line));
  const isShown = first === undefined || tail.some((line) => line.endsWith(first.trimEnd()));
  const error = isShown ? "" : `; its first error is:\n  ${first.trim().slice(0, FIRST_ERROR_CHARACTERS)}\n`;
  return `${error}${isShown ? "; i" : "I"}t ends with:\n${tail.map((line) => `  ${line}`).join("\n")}`;
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SEARCHED_BYTES), 0, SEARCHED_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
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
