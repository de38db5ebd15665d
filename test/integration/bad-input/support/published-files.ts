import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** Every file at or below a path with the digest of its bytes: what must be the same after a run that failed. Empty where there is nothing. */
export async function publishedFiles(path: string): Promise<Record<string, string>> {
  const found = await stat(path).catch(() => null);
  if (found === null) return {};
  if (found.isFile()) return { [path]: await digestOf(path) };
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.sort().map(async (file) => [file, await digestOf(file)])));
}

async function digestOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}
