/** The public interface of scoreframe: what is not exported here may change in any release. */
export { type QuerySourceOptions, querySource, rowsSource } from "./composition/build-sources.ts";
export { createScoreframe, type ScoreframeOptions } from "./composition/create-scoreframe.ts";
export { type BackendInput, defineJob, type JobInput, type SourceInput } from "./composition/define-job.ts";
export type { RunOutput, RunReport, RunStatus } from "./core/domain/run-report.ts";
export type { ShardResponse } from "./core/domain/shard-response.ts";
export type { Engine, Run } from "./core/engine/engine.ts";
export { ERROR_CODES, ERRORS, type ErrorCode, type ErrorExit, type ErrorKind } from "./core/errors/error-codes.ts";
export { type ErrorFacts, ScoreframeError } from "./core/errors/scoreframe-error.ts";
export type { Job } from "./core/job/schema/job.ts";
export type { RowLedger } from "./core/ledger/row-ledger.ts";
export type { BackendCapabilities } from "./core/ports/backend-capabilities.ts";
export type { Clock } from "./core/ports/clock.ts";
export type { EventSink, RunEvent, RunProgress, Stage } from "./core/ports/event-sink.ts";
export type { Column, ExtractedTable, FrameSource, SourceContext } from "./core/ports/frame-source.ts";
export type { ObjectStore, OpenStore, StoredObject } from "./core/ports/object-store.ts";
export {
  type BackendContext,
  type BackendPlugin,
  defineBackend,
  type RequestShard,
  type ScoringBackend,
  type ScoringSession,
} from "./core/ports/scoring-backend.ts";
export { defineSource, type SourceEnvironment, type SourcePlugin } from "./core/ports/source-plugin.ts";
export type { Protocol, ProtocolId } from "./core/protocols/protocol.ts";
export type {
  BackendChoice,
  JobOptions,
  JobReference,
  Row,
  RowsInput,
  RunOptions,
  ScoreOptions,
} from "./core/run/options.ts";
export type { CheckReport, CheckSample } from "./core/use-cases/check/check.ts";
export type { CheckItem } from "./core/use-cases/check/check-item.ts";
export type { PlanReport } from "./core/use-cases/plan/plan.ts";
export type { PruneReport, PruneRequest } from "./core/use-cases/prune-runs/prune-runs.ts";
export type { RunOutcome } from "./core/use-cases/run/run.ts";
export type { StitchReport, StitchRequest } from "./core/use-cases/stitch-files/stitch-prefixes.ts";
export { defineModel, type Model } from "./model.ts";
