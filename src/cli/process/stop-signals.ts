import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";

/** How a shell reports a death by each: 128 + its number. */
const DEATHS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The first signal to stop aborts what it returns, so that work ends in order; the second ends the process at once. */
export function listenForStop(): AbortSignal {
  const controller = new AbortController();
  for (const [name, exitCode] of Object.entries(DEATHS)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCode);
      controller.abort(new ScoreframeError("RUN_CANCELLED", `Stopped by ${name}.`));
    });
  }
  return controller.signal;
}
