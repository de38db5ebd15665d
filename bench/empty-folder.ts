import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";

/** A folder of a run in the cache, empty. */
export function emptyFolder(name: string): string {
  const folder = join(cacheFolder(), "runs", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
