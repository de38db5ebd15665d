import type { BackendCapabilities } from "../core/ports/backend-capabilities.ts";
import type { Protocol } from "../core/protocols/protocol.ts";
import type { ModelScript } from "./model-script.ts";
import type { Trial } from "./trial.ts";

/** One promise of the ScoringSession port, as data: any test runner can run it. */
export type ConformanceCase = {
  /** A sentence about the backend. */
  readonly name: string;
  /** Absent: every backend must keep it. */
  readonly requires?: (capabilities: BackendCapabilities) => boolean;
  /** Absent: it holds for every protocol. */
  readonly concerns?: (protocol: Protocol) => boolean;
  /** Whether one protocol, the preferred one, is enough: the case is long. */
  readonly once?: boolean;
  /** What the model does. */
  readonly script: ModelScript;
  /** Most rows in a request of a line-oriented protocol. @default 5 */
  readonly batchSize?: number;
  /** Throws a ConformanceError when the promise is broken. Goes through the session alone. */
  run(trial: Trial): Promise<void>;
};
