import type { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { StartLimits } from "./await-start.ts";
import type { ModelProcess } from "./model-process.ts";
import { exitError } from "./model-process.ts";

/** Where and how a model's process is started. */
export type StartContext = StartLimits & {
  /** Working directory of the process, and what relative paths start at. */
  readonly baseDirectory: string;
  readonly logDirectory: string;
  readonly env: Readonly<Record<string, string>>;
};

/** A model that answers, in a process of its own. */
export type RunningModel = {
  /** Where rows are posted. */
  readonly url: string;
  readonly description: string;
  readonly warnings: readonly string[];
  hasExited(): boolean;
  /** Resolves when the process has ended, with an error that holds the last lines of its log. */
  readonly exited: Promise<ScoreframeError>;
  stop(): Promise<void>;
};

export function runningModel(
  process: ModelProcess,
  facts: Pick<RunningModel, "url" | "description" | "warnings">,
): RunningModel {
  return {
    ...facts,
    hasExited: process.hasExited,
    exited: process.exit.then((how) => exitError(process, how, "while it was needed")),
    stop: process.stop,
  };
}
