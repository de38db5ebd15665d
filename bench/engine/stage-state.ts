import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ShardRecord } from "../../src/core/domain/shard-record.ts";
import type { StitchedShard } from "../../src/core/domain/stitched-shard.ts";
import type { RunFolders } from "../../src/core/ports/run-store.ts";
import type { RequestShard } from "../../src/core/ports/scoring-backend.ts";
import type { ExtractedInput } from "../../src/core/stages/extract/extract.ts";

/** What a stage leaves for the next one, which is another process. */
export type StageState = {
  readonly runId: string;
  readonly folders: RunFolders;
  readonly table: ExtractedInput;
  readonly requests: readonly RequestShard[];
  readonly records: readonly ShardRecord[];
  readonly shards: readonly StitchedShard[];
};

export function saveState(workspace: string, state: StageState): void {
  writeFileSync(join(workspace, "stages.json"), JSON.stringify(state));
}

export function loadState(workspace: string): StageState {
  return JSON.parse(readFileSync(join(workspace, "stages.json"), "utf8")) as StageState;
}
