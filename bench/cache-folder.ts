import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { root } from "../scripts/lib/toolchain.mjs";

/** Where inputs, the peers' environments and the files of runs are kept; 30 million rows need 20 GB while they are measured. */
export function cacheFolder(): string {
  const folder = process.env["SCOREFRAME_BENCH_CACHE"] ?? join(root, "node_modules", ".cache", "scoreframe-bench");
  mkdirSync(folder, { recursive: true });
  return folder;
}
