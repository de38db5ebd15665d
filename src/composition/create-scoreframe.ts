import type { Engine } from "../core/engine/engine.ts";
import { ScoreframeError } from "../core/errors/scoreframe-error.ts";
import { KEEP_PATTERN } from "../core/job/schema/keep.ts";
import type { EventSink } from "../core/ports/event-sink.ts";
import type { BackendPlugin } from "../core/ports/scoring-backend.ts";
import type { SourcePlugin } from "../core/ports/source-plugin.ts";
import { createContainer } from "./create-container.ts";
import { openRunStore } from "./open-stores.ts";
import { TOKENS } from "./tokens.ts";

export type ScoreframeOptions = {
  /** Folder, or `s3://bucket/prefix`, in which runs are kept. @default ".scoreframe" */
  readonly workspace?: string;
  /**
   * What the workspace keeps of runs that have ended, unless the job says so itself (`workspace.keep`): `all`, `failed`, `none`, or an age such as `7d`.
   *
   * @default "all"
   */
  readonly keep?: string;
  /** Backends of your own, chosen by their id as `backend.kind`. */
  readonly backends?: readonly BackendPlugin[];
  /** Sources of your own, chosen by their kind as `source.kind`. */
  readonly sources?: readonly SourcePlugin[];
  /** Receives the events of all runs. */
  readonly onEvent?: EventSink;
};

/** Makes an engine. Close it when you are done (`await using` does it), or its worker threads keep the process alive. */
export async function createScoreframe(options: ScoreframeOptions = {}): Promise<Engine> {
  const container = createContainer({
    runStore: await openRunStore(options.workspace ?? ".scoreframe"),
    backends: options.backends ?? [],
    sources: options.sources ?? [],
    keep: checkKeep(options.keep ?? "all"),
    ...(options.onEvent === undefined ? {} : { events: options.onEvent }),
  });
  return container.get(TOKENS.engine);
}

function checkKeep(keep: string): string {
  if (KEEP_PATTERN.test(keep)) return keep;
  const message = `The option keep is ${JSON.stringify(keep)}. Give all, failed, none, or an age such as 12h, 7d or 4w.`;
  throw new ScoreframeError("USAGE", message, { option: "keep" });
}
