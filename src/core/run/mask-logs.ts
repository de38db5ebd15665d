import { createReadStream, createWriteStream } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { splitLines } from "../lines/split-lines.ts";
import type { SecretMask } from "../secrets/secret-mask.ts";

/** Takes secrets out of the logs of a model, which it has written itself, now that it has ended. */
export async function maskLogs(folder: string, mask: SecretMask): Promise<void> {
  if (mask.secrets.length === 0) return;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isFile()) await maskLog(join(folder, entry.name), mask);
}

async function maskLog(path: string, mask: SecretMask): Promise<void> {
  const aside = `${path}.${process.pid}.masked`;
  let found = false;
  async function* masked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const line of splitLines(chunks)) {
      const text = line.toString("utf8");
      const clean = mask.text(text);
      found ||= clean !== text;
      yield clean === text ? line : Buffer.from(clean);
    }
  }
  try {
    await pipeline(createReadStream(path), masked, createWriteStream(aside, { mode: 0o600 }));
    if (found) await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}
