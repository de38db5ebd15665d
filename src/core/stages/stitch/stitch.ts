import { join, relative } from "node:path";
import type { ShardRecord } from "../../domain/shard-record.ts";
import type { ShardResponse } from "../../domain/shard-response.ts";
import { responsePathOf } from "../../ledger/response-path.ts";
import { assertShardBalanced } from "../../ledger/row-ledger.ts";
import type { RunFolders } from "../../ports/run-store.ts";
import { gather } from "../../util/gather.ts";
import { mapConcurrently } from "../../util/map-concurrently.ts";
import type { FramePool } from "../../worker/frame-pool.ts";
import type { SampleRequest } from "./worker/sample/sample-rows.ts";
import type { StitchOutcome, StitchShardInput } from "./worker/stitch-shard.ts";

export type StitchStageInput = Pick<
  StitchShardInput,
  "protocol" | "options" | "naming" | "contract" | "source" | "keep" | "partitionBy" | "includeRowId"
> & {
  readonly folders: RunFolders;
  readonly secrets: readonly string[];
  /** Which rows of a shard are set aside to be scored again; null for none. */
  readonly sample?: (record: ShardRecord) => Omit<SampleRequest, "path"> | null;
};

export type StitchedAnswer = { readonly stitched: StitchOutcome; readonly record: ShardRecord };

/** Shards that are stitched in one task: at most `MOST_SHARDS`, until their requests have `MOST_BYTES`. */
const MOST_SHARDS = 64;
const MOST_BYTES = 1_000_000;
/** How long a small shard waits for others, since a task costs as much for one as for fifty. */
const WAIT_MS = 100;

/**
 * Pairs each answer with its rows as soon as it is whole, together with those that came in the meantime; `records` knows every shard that was given
 * to the backend.
 */
export async function* stitchAnswers(
  input: StitchStageInput,
  answers: AsyncIterable<ShardResponse>,
  records: ReadonlyMap<number, ShardRecord>,
  pool: FramePool,
  signal: AbortSignal,
): AsyncGenerator<StitchedAnswer[]> {
  const recordOf = ({ shard }: ShardResponse): ShardRecord => records.get(shard) as ShardRecord;
  const isFull = (batch: readonly ShardResponse[]): boolean =>
    batch.length >= MOST_SHARDS || batch.reduce((sum, each) => sum + recordOf(each).request.bytes, 0) >= MOST_BYTES;
  yield* mapConcurrently(gather(answers, { isFull, waitMs: WAIT_MS }), pool.threads, async (batch) => {
    const inOrder = batch.toSorted((a, b) => a.shard - b.shard);
    const stitched = await pool.run(
      "stitchShards",
      inOrder.map((response) => stitchInput(input, response, recordOf(response))),
      signal,
    );
    return inOrder.map((response, index) =>
      stitchedAnswer(input, response, recordOf(response), stitched[index] as StitchOutcome),
    );
  });
}

function stitchInput(
  { folders, sample, ...options }: StitchStageInput,
  { shard, written, joined = false }: ShardResponse,
  record: ShardRecord,
): StitchShardInput {
  const name = `shard-${String(shard).padStart(5, "0")}.parquet`;
  const wanted = sample?.(record) ?? null;
  return {
    ...options,
    shard,
    featuresPath: join(folders.root, record.features),
    // The engine chose the path: a backend that could name another file could return the answers of other rows.
    responsePath: responsePathOf(folders, record.request.file),
    ...(written === undefined ? {} : { written }),
    ...(joined ? { joinedWith: join(folders.root, record.request.file) } : {}),
    ...(wanted === null ? {} : { sample: { ...wanted, path: join(folders.stitched, `sample-${shard}.jsonl`) } }),
    firstRowId: record.first_row_id,
    firstId: record.request.first_id,
    lineRows: record.line_rows,
    outputPath: join(folders.stitched, name),
    deadLetterPath: join(folders.deadLetter, name),
  };
}

function stitchedAnswer(
  { folders }: StitchStageInput,
  { shard, retries }: ShardResponse,
  record: ShardRecord,
  stitched: StitchOutcome,
): StitchedAnswer {
  const { scored, deadLettered } = stitched;
  assertShardBalanced(shard, record.rows, scored, deadLettered);
  const file = relative(folders.root, responsePathOf(folders, record.request.file));
  return {
    stitched,
    record: {
      ...record,
      state: "stitched" as const,
      response: { file, ...stitched.response, retries },
      scored,
      dead_lettered: deadLettered,
    },
  };
}
