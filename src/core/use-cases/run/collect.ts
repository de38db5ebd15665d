import type { ShardRecord } from "../../domain/shard-record.ts";
import type { StitchedShard } from "../../domain/stitched-shard.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { FirstFailure } from "../../run/failure-policy.ts";
import { firstFailureOf, stopWhenHopeless } from "../../run/failure-policy.ts";
import type { RunTracker } from "../../run/run-tracker.ts";
import type { ShardSample } from "../../run/verify/sampled-rows.ts";
import type { StitchedAnswer } from "../../stages/stitch/stitch.ts";
import { mapConcurrently } from "../../util/map-concurrently.ts";

/** `form` is null if not a single prediction was more than null. */
export type CollectedShards = {
  /** In the order of the run. */
  readonly shards: readonly StitchedShard[];
  readonly firstFailure: FirstFailure | null;
  readonly form: "value" | "object" | null;
  /** Rows that were set aside to be scored again, in the order of the run. */
  readonly samples: readonly ShardSample[];
};

type StitchedFile = Pick<StitchedAnswer["stitched"], "path" | "scored" | "predictionColumns">;

export type CollectTools = {
  readonly tracker: RunTracker;
  readonly save: (record: ShardRecord) => Promise<void>;
  /** Throws if the table cannot take the predictions in the file. */
  readonly check: (file: StitchedFile) => Promise<void>;
  readonly maxFailedRows: number;
  /** Folder of the failed rows, for the message. */
  readonly deadLetter: string;
};

/** Records that are written at a time: each has a file open. */
const SAVES_AT_ONCE = 4;

/** Writes each shard's end into the ledger, and ends a run early that can only fail. */
export async function collectShards(
  stitched: AsyncIterable<readonly StitchedAnswer[]>,
  { tracker, save, check, maxFailedRows, deadLetter }: CollectTools,
): Promise<CollectedShards> {
  const shards: StitchedShard[] = [];
  let firstFailure: FirstFailure | null = null;
  const samples: ShardSample[] = [];
  let form: "value" | "object" | null = null;
  for await (const answers of stitched) {
    for await (const _saved of mapConcurrently(answers, SAVES_AT_ONCE, ({ record }) => save(record)));
    for (const answer of answers) {
      tracker.stitched(answer);
      firstFailure ??= firstFailureOf(answer.stitched);
      const { shard, path, scored, sourceColumns, predictionColumns, partitions } = answer.stitched;
      if (answer.stitched.form !== "none") {
        if (form !== null && form !== answer.stitched.form) throw mixedForms(shard);
        form = answer.stitched.form;
      }
      if (answer.stitched.sample !== null) samples.push({ record: answer.record, sample: answer.stitched.sample });
      shards.push({ shard, path, rows: scored, schema: [...sourceColumns, ...predictionColumns], partitions });
    }
    stopWhenHopeless(tracker.ledger, maxFailedRows, firstFailure ?? tracker.firstUnsendable, deadLetter);
    for (const file of filesOf(answers)) await check(file);
  }
  samples.sort((a, b) => a.record.shard - b.record.shard);
  return { shards: shards.sort((a, b) => a.shard - b.shard), firstFailure, form, samples };
}

/** The files in which the shards are, which small ones share. */
function filesOf(answers: readonly StitchedAnswer[]): StitchedFile[] {
  const files = new Map<string, StitchedFile>();
  for (const { stitched } of answers) {
    const { path, scored, predictionColumns } = stitched;
    files.set(path, { path, scored: scored + (files.get(path)?.scored ?? 0), predictionColumns });
  }
  return [...files.values()];
}

function mixedForms(shard: number): ScoreframeError {
  return new ScoreframeError(
    "PREDICTIONS_INCOMPATIBLE",
    `Shard ${shard} was answered with objects and others with plain values, or the other way round. Make the model answer ` +
      "every row with the same form.",
    { shard, operation: "stitch" },
  );
}
