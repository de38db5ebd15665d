import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";

/** The exit code that a shell reports for each: 128 + its number. */
const DEATHS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Returns a signal that aborts at the first SIGINT or SIGTERM, so that work ends in an orderly way. The second ends the process at once. */
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
