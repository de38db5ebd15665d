import type { Engine } from "../core/engine/engine.ts";
import type { EventSink } from "../core/ports/event-sink.ts";
import type { CliContext } from "./cli-context.ts";
import type { OutputOptions, QuietOptions, WorkspaceOptions } from "./options/shared-options.ts";
import { workspaceOf } from "./options/shared-options.ts";
import { createProgressReporter } from "./progress/progress-reporter.ts";

export type EngineWork<T> = (engine: Engine, onEvent: EventSink) => Promise<T>;

/** Works with an engine and shows the progress. The engine is closed and the progress removed when it resolves or rejects. */
export async function withEngine<T>(
  options: OutputOptions & QuietOptions & WorkspaceOptions,
  context: CliContext,
  work: EngineWork<T>,
): Promise<T> {
  const { signal, stderr } = context;
  const reporter = createProgressReporter(stderr, { ...options, dumb: context.env["TERM"] === "dumb" });
  const onStop = (): void => reporter.note("Stopping… press Ctrl-C again to force.");
  signal.addEventListener("abort", onStop, { once: true });
  try {
    // Loaded here, so that --help and usage errors are quick.
    const { createScoreframe } = await import("../composition/create-scoreframe.ts");
    const engine = await createScoreframe({ workspace: workspaceOf(options, context) });
    try {
      return await work(engine, reporter.onEvent);
    } finally {
      await engine.close();
    }
  } finally {
    signal.removeEventListener("abort", onStop);
    reporter.end();
  }
}
