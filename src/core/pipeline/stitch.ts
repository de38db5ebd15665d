import { join, relative } from "node:path";
import type { FramePool } from "../frames/frame-pool.ts";
import type { StitchOutcome, StitchShardInput } from "../frames/stitch-shard.ts";
import { assertShardBalanced } from "../ledger/row-ledger.ts";
import type { ShardRecord } from "../ledger/shard-record.ts";
import type { RunFolders } from "../ports/run-store.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { responsePathOf } from "./response-path.ts";
import type { ShardResponse } from "./shard-response.ts";

export type StitchStageInput = Pick<
  StitchShardInput,
  "protocol" | "options" | "naming" | "contract" | "source" | "keep" | "partitionBy" | "includeRowId"
> & { readonly folders: RunFolders; readonly secrets: readonly string[] };

export type StitchedAnswer = { readonly stitched: StitchOutcome; readonly record: ShardRecord };

/** Pairs each answer with its rows as soon as it is whole; `records` knows every shard that was given to the backend. */
export async function* stitchAnswers(
  input: StitchStageInput,
  answers: AsyncIterable<ShardResponse>,
  records: ReadonlyMap<number, ShardRecord>,
  pool: FramePool,
  signal: AbortSignal,
): AsyncGenerator<StitchedAnswer> {
  yield* mapConcurrently(answers, pool.threads, async ({ shard, written, retries }) => {
    const record = records.get(shard) as ShardRecord;
    const { folders, ...options } = input;
    const name = `shard-${String(shard).padStart(5, "0")}.parquet`;
    // The engine chose the path: a backend that could name another file could hand over the answers of other rows.
    const responsePath = responsePathOf(folders, record.request.file);
    const stitched = await pool.run(
      "stitchShard",
      {
        ...options,
        shard,
        featuresPath: join(folders.root, record.features),
        responsePath,
        ...(written === undefined ? {} : { written }),
        firstRowId: record.first_row_id,
        firstId: record.request.first_id,
        lineRows: record.line_rows,
        outputPath: join(folders.stitched, name),
        deadLetterPath: join(folders.deadLetter, name),
      },
      signal,
    );
    assertShardBalanced(shard, record.rows, stitched.scored, stitched.deadLettered);
    const { scored, deadLettered } = stitched;
    return {
      stitched,
      record: {
        ...record,
        state: "stitched" as const,
        response: { file: relative(folders.root, responsePath), ...stitched.response, retries },
        scored,
        dead_lettered: deadLettered,
      },
    };
  });
}
