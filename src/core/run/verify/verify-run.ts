import { skippedVerification } from "../../domain/verification.ts";
import type { Job } from "../../job/schema/job.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ScoringSession } from "../../ports/scoring-backend.ts";
import { bindProtocol } from "../../protocols/bind-protocol.ts";
import type { ShardStageInput } from "../../stages/shard/shard-stage.ts";
import type { Scope } from "../scope.ts";
import type { ShardSample } from "./sampled-rows.ts";
import { createScoreAgain } from "./score-again.ts";
import type { VerifyOptions } from "./verify-options.ts";
import type { VerifyOutcome } from "./verify-predictions.ts";
import { verifyPredictions } from "./verify-predictions.ts";

export type VerifyRunTools = {
  readonly session: ScoringSession;
  readonly stage: ShardStageInput;
  readonly job: Pick<Job, "output">;
  /** Shards of the run. */
  readonly shards: number;
  readonly clock: Clock;
  readonly scope: Pick<Scope, "iterate" | "signal">;
  readonly warn: (message: string) => void;
};

/** Verifies a run whose rows are all scored, in the session that scored them. */
export async function verifyRun(
  samples: readonly ShardSample[],
  options: VerifyOptions,
  { session, stage, job, shards, clock, scope, warn }: VerifyRunTools,
): Promise<VerifyOutcome> {
  if (options.skipped !== null) return { verification: skippedVerification(options.skipped), error: null };
  const { features, folders } = stage;
  const protocol = bindProtocol(stage.protocol, stage.options);
  const scoreAgain = createScoreAgain({
    session,
    protocol,
    features,
    published: Object.keys(job.output.predictions ?? {}),
    firstShard: shards,
    scope,
  });
  return verifyPredictions(samples, options, {
    scoreAgain,
    clock,
    warn,
    protocol,
    features,
    scratch: folders.stitched,
  });
}
