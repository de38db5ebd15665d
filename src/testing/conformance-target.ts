import type { BackendCapabilities } from "../core/ports/backend-capabilities.ts";
import type { BackendContext, ScoringSession } from "../core/ports/scoring-backend.ts";
import type { ModelScript } from "./model-script.ts";

/** A backend that is to be verified, and how to put a scripted model behind it. */
export type ConformanceTarget = {
  /** Name in the test report. */
  readonly name: string;
  readonly capabilities: BackendCapabilities;
  /**
   * An `s3://bucket/prefix` for a backend whose service reads requests and writes answers there, so that it needs `context.remote`. Asked for at the
   * start of each case; the address may be the same for all, each case has its own run below it. Nothing is removed. Absent: files of this machine.
   */
  readonly workspace?: () => string | Promise<string>;
  /** Starts a model that follows the script (`startScriptedServer` is one for HTTP) and opens the backend against it. */
  start(script: ModelScript, context: BackendContext): Promise<StartedModel>;
  /** Promises that this backend does not keep, by name of the case. */
  readonly deviations?: Readonly<Record<string, Deviation>>;
};

export type StartedModel = {
  readonly session: ScoringSession;
  /** Ends what `start` began, after the session has been closed. */
  stop(): Promise<void>;
};

/** A declared gap. Its case must fail with exactly this code: when it passes, or fails otherwise, the test is red. */
export type Deviation = {
  /** `never`: the service cannot. `not-yet`: it will. `not-implemented`: we could. */
  readonly kind: "never" | "not-yet" | "not-implemented";
  readonly reason: string;
  /** A ConformanceCode, or the code of the error that the backend throws. */
  readonly code: string;
};
