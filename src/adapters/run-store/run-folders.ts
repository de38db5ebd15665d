import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { RunFolders } from "../../core/ports/run-store.ts";

const NAMES = ["features", "requests", "responses", "stitched", "dead-letter", "logs"] as const;

/** Makes the folders of a run below `root`, which exists. */
export async function makeRunFolders(root: string): Promise<RunFolders> {
  await Promise.all(NAMES.map((name) => mkdir(join(root, name))));
  const folder = (name: (typeof NAMES)[number]): string => join(root, name);
  return {
    root,
    features: folder("features"),
    requests: folder("requests"),
    responses: folder("responses"),
    stitched: folder("stitched"),
    deadLetter: folder("dead-letter"),
    logs: folder("logs"),
  };
}

/** A shard's record below the run: `ledger/shard-00007.json`. */
export function shardRecordName(shard: number): string {
  return `ledger/shard-${String(shard).padStart(5, "0")}.json`;
}
