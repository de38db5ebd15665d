import type { RunCost } from "../domain/run-cost.ts";
import type { RunOutput, RunReport, RunStatus } from "../domain/run-report.ts";
import type { Verification } from "../domain/verification.ts";
import type { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { RowLedger } from "../ledger/row-ledger.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventSink, Stage } from "../ports/event-sink.ts";
import type { SecretMask } from "../secrets/secret-mask.ts";
import type { NumberedShard } from "../stages/shard/shard.ts";
import type { UnsendableRows } from "../stages/shard/worker/unsendable-rows.ts";
import type { StitchedAnswer } from "../stages/stitch/stitch.ts";
import type { FirstFailure } from "./failure-policy.ts";
import { createPartialCounts } from "./partial-counts.ts";

export type RunIdentity = {
  readonly runId: string;
  readonly job: string;
  /** The values of `--set`, without secrets. */
  readonly set: Readonly<Record<string, string>>;
  readonly backend: string;
  readonly protocol: string;
};

/** Counts what goes through a run, times its stages, emits events and writes the report. The only mutable state of a run. */
export type RunTracker = ReturnType<typeof createRunTracker>;

export function createRunTracker(
  identity: RunIdentity,
  deadLetterFolder: string,
  clock: Clock,
  events: EventSink,
  mask: SecretMask,
) {
  const started = clock.now();
  const counts = {
    input: null as number | null,
    sharded: 0,
    scored: 0,
    deadLettered: 0,
    skipped: 0,
    published: 0,
    nulls: 0,
  };
  const shards = { total: 0, answered: 0, stitched: 0 };
  const bytes = { requests: 0 };
  let lines = 0;
  let retries = 0;
  let answeredRows = 0;
  const partly = createPartialCounts(clock);
  let firstUnsendable: FirstFailure | null = null;
  let cost: RunCost | null = null;
  let verification: Verification | null = null;
  const timings: Partial<Record<Stage, number>> = {};

  const emitProgress = (): void =>
    events({
      type: "progress",
      progress: {
        inputRows: counts.input,
        shardedRows: counts.sharded,
        scoredRows: answeredRows + partly.rows(),
        stitchedRows: counts.scored + counts.deadLettered,
        publishedRows: counts.published,
        shards: shards.total,
        requestBytes: bytes.requests,
        retries,
      },
    });

  const timed = (stage: Stage): (() => void) => {
    const begin = clock.now();
    events({ type: "stage-started", stage });
    return () => {
      const seconds = (clock.now() - begin) / 1000;
      timings[stage] = seconds;
      events({ type: "stage-finished", stage, seconds });
    };
  };

  return {
    get ledger(): RowLedger {
      return {
        input: counts.input ?? 0,
        scored: counts.scored,
        deadLettered: counts.deadLettered,
        skipped: counts.skipped,
      };
    },
    /** Why the first row failed that no request could carry. */
    get firstUnsendable(): FirstFailure | null {
      return firstUnsendable;
    },
    /** Scored rows whose prediction is null. */
    get nullPredictions(): number {
      return counts.nulls;
    },
    get answeredRows(): number {
      return answeredRows;
    },
    /** Times an act. */
    async during<T>(stage: Stage, act: () => Promise<T>): Promise<T> {
      const end = timed(stage);
      try {
        return await act();
      } finally {
        end();
      }
    },
    /** Times a stage that runs at the same time as others, from its first item to its last. */
    async *through<T>(stage: Stage, items: AsyncIterable<T>): AsyncGenerator<T> {
      const end = timed(stage);
      try {
        yield* items;
      } finally {
        end();
      }
    },
    extracted(rows: number): void {
      counts.input = rows;
      emitProgress();
    },
    sharded({ record }: NumberedShard): void {
      counts.sharded += record.rows;
      shards.total += 1;
      lines += record.lines;
      bytes.requests += record.request.bytes;
      partly.expect(record.shard, record.rows);
      emitProgress();
    },
    oversized(rows: number, skipped: boolean): void {
      counts[skipped ? "skipped" : "deadLettered"] += rows;
      counts.sharded += rows;
      emitProgress();
    },
    unsendable({ rows, first }: UnsendableRows): void {
      counts.deadLettered += rows;
      counts.sharded += rows;
      firstUnsendable ??= { shard: null, line: null, message: first.message };
      emitProgress();
    },
    /** Rows of a shard that is not whole: a total so far. */
    answering(shard: number, rows: number): void {
      if (partly.report(shard, rows)) emitProgress();
    },
    answered(shard: number, rows: number): void {
      partly.finish(shard);
      answeredRows += rows;
      shards.answered += 1;
      emitProgress();
    },
    stitched({ stitched, record }: StitchedAnswer): void {
      counts.scored += stitched.scored;
      counts.nulls += stitched.nullPredictions;
      counts.deadLettered += stitched.deadLettered;
      shards.stitched += 1;
      retries += record.response?.retries ?? 0;
      emitProgress();
    },
    charged(charge: RunCost | null): void {
      cost = charge;
    },
    verified(found: Verification): void {
      verification = found;
    },
    published(rows: number): void {
      counts.published = rows;
      emitProgress();
    },
    report(status: RunStatus, output: RunOutput | null, error: ScoreframeError | null): RunReport {
      const seconds = (stage: Stage): number => round(timings[stage] ?? 0);
      const finished = clock.now();
      return {
        run_id: identity.runId,
        job: identity.job,
        set: identity.set,
        status,
        ledger: {
          input: counts.input ?? 0,
          scored: counts.scored,
          dead_lettered: counts.deadLettered,
          skipped: counts.skipped,
        },
        null_predictions: counts.nulls,
        verification,
        shards: { total: shards.total, scored: shards.stitched },
        requests: lines,
        output: output === null ? null : { ...output, path: mask.path(output.path) },
        dead_letter: counts.deadLettered > 0 ? { path: mask.path(deadLetterFolder), rows: counts.deadLettered } : null,
        timings_s: {
          extract: seconds("extract"),
          shard: seconds("shard"),
          score: seconds("score"),
          stitch: seconds("stitch"),
          publish: seconds("publish"),
          total: round((finished - started) / 1000),
        },
        request_bytes: bytes.requests,
        retries,
        started_at: new Date(started).toISOString(),
        finished_at: status === "running" ? null : new Date(finished).toISOString(),
        cost,
        backend: identity.backend,
        protocol: identity.protocol,
        error: error?.toJSON() ?? null,
      };
    },
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
