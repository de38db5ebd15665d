import type { Engine } from "../core/engine.ts";
import type { EventSink } from "../core/ports/event-sink.ts";
import type { BackendPlugin } from "../core/ports/scoring-backend.ts";
import { createContainer } from "./create-container.ts";
import { openRunStore } from "./open-stores.ts";
import { TOKENS } from "./tokens.ts";

export type ScoreframeOptions = {
  /** Folder, or `s3://bucket/prefix`, in which runs are kept. @default ".scoreframe" */
  readonly workspace?: string;
  /** Backends of your own, chosen by their id as `backend.kind`. */
  readonly backends?: readonly BackendPlugin[];
  /** Told of everything that happens in all runs. */
  readonly onEvent?: EventSink;
};

/** Makes an engine. Close it when you are done (`await using` does it), or its worker threads keep the process alive. */
export async function createScoreframe(options: ScoreframeOptions = {}): Promise<Engine> {
  const container = createContainer({
    runStore: await openRunStore(options.workspace ?? ".scoreframe"),
    backends: options.backends ?? [],
    ...(options.onEvent === undefined ? {} : { events: options.onEvent }),
  });
  return container.get(TOKENS.engine);
}
