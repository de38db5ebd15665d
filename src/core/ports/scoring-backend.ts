import type { RunCost } from "../domain/run-cost.ts";
import type { ShardResponse } from "../domain/shard-response.ts";
import type { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { Protocol } from "../protocols/protocol.ts";
import type { BackendCapabilities } from "./backend-capabilities.ts";
import type { Clock } from "./clock.ts";
import type { EventSink } from "./event-sink.ts";
import type { RemoteFiles } from "./run-store.ts";

/** A shard that is ready to be scored. */
export type RequestShard = {
  /** 0-based number of the shard in the run. */
  readonly shard: number;
  /** Local path of the request file: one request per line, UTF-8, each line ended by `\n`. */
  readonly requestPath: string;
  /** Where the answers must be written: as many lines as the request file has, answer i for line i. */
  readonly responsePath: string;
  /** Sent before the lines in every request, without a line feed at its end (CSV's line of names); null if nothing is. */
  readonly header: string | null;
  readonly lines: number;
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the request file's bytes, hexadecimal. */
  readonly digest: string;
  /** Most rows (lines) of a request, in place of the session's; only backends that can be asked again get it (`rescores`). */
  readonly batchSize?: number;
};

/** What a backend is given when a run opens it. */
export type BackendContext = {
  readonly runId: string;
  readonly protocol: Protocol;
  /** Most rows (lines) that a line-oriented protocol may send in one request. */
  readonly batchSize: number;
  /** Bytes from which on such a request takes no more rows; absent for no limit. */
  readonly batchBytes?: number;
  /** Whether a rejected request is sent again in smaller parts, to find the rows that fail. */
  readonly isolateFailedRows: boolean;
  /** A folder of this run for logs of model processes. */
  readonly logDirectory: string;
  /** The run's files where a service can reach them; absent if the workspace is a folder of this machine. */
  readonly remote?: RemoteFiles;
  /** Folder that relative paths of the job are relative to. */
  readonly baseDirectory: string;
  readonly clock: Clock;
  readonly events: EventSink;
  /** Reports how many rows of a shard have been answered so far, while it is not whole: a total, for progress alone. */
  readonly answered?: (shard: number, rows: number) => void;
  readonly signal: AbortSignal;
};

/** An opened backend: a model that is loaded, a server that answers. */
export type ScoringSession = {
  /**
   * Takes shards as they become ready and yields each one's answer as soon as it is whole, in any order. Takes no more shards at a time
   * than it works on. A row or a line that could not be scored is an error object in the answer (see `docs/reference/protocols.md`),
   * not an exception; what is thrown ends the run. An aborted signal stops it within a second.
   */
  score(shards: AsyncIterable<RequestShard>, signal: AbortSignal): AsyncIterable<ShardResponse>;
  /** What the service has charged so far, by its own times; absent if nothing is charged, null before anything was. */
  cost?(): RunCost | null;
  /** What went wrong with the service and cost some shards, though others were answered; for the error of a run that cannot do without them. */
  incident?(): ScoreframeError | null;
  /** Releases everything that `open` took. Called exactly once, also after a failure. */
  close(): Promise<void>;
};

/** A configured backend. */
export type ScoringBackend = {
  readonly id: string;
  readonly capabilities: BackendCapabilities;
  /** Whether no foreign server is between the request and the model, so that the model gets every value as it was sent. @default false */
  readonly servesModel?: boolean;
  /** Makes the model ready to answer while the source is read, or says why it cannot, which ends the run at once. */
  open(context: BackendContext): Promise<ScoringSession>;
  /**
   * Checks all that can be checked without spending, and says what it found; for `check`, instead of a sample, if asking the model
   * costs money and minutes.
   */
  inspect?(signal: AbortSignal, setting: InspectedSetting): Promise<string>;
  /** What a run would cost and how it would be faster; for `plan`. */
  estimate?(work: PlannedWork, signal: AbortSignal): Promise<PlanEstimate>;
};

/** What a backend would be opened with. */
export type InspectedSetting = {
  readonly protocol: Protocol;
  /** Whether services can reach the files of a run: its workspace is no folder of this machine. */
  readonly hasRemoteWorkspace: boolean;
  /** What is no failure. */
  readonly warn: (message: string) => void;
};

/** What a run would send. */
export type PlannedWork = {
  readonly rows: number;
  /** Request lines. */
  readonly requests: number;
  readonly bytes: number;
  readonly shards: number;
  /** Bytes that a request file may have. */
  readonly fileBytes: number;
};

export type PlanEstimate = {
  /** Sentences that say what to change, and why. */
  readonly advice: readonly string[];
  readonly cost: PlanCost;
};

/** Null if it is unknown; the note says why, or how it was found. */
export type PlanCost = { readonly note: string; readonly min_usd: number | null; readonly max_usd: number | null };

/** What a backend exports: a plain object. Registered by passing it; chosen by `backend.kind` in the job. */
export type BackendPlugin<Options = unknown> = {
  readonly specificationVersion: "v1";
  /** The value of `backend.kind`. */
  readonly id: string;
  readonly capabilities: BackendCapabilities;
  /** Checks the job's `backend` object (without `kind`); throws `BACKEND_OPTIONS_INVALID` that names the option and the fix. */
  parseOptions(input: Readonly<Record<string, unknown>>): Options;
  /** JSON Schema (draft 7) of that object, for editors and documentation; without it they take any option. */
  optionsSchema?(): Readonly<Record<string, unknown>>;
  create(options: Options): ScoringBackend;
};

/** Types a third-party backend, with its options inferred. */
export function defineBackend<Options>(plugin: BackendPlugin<Options>): BackendPlugin<Options> {
  return plugin;
}
