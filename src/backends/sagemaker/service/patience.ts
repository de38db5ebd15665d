import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { SessionTools } from "../session-state.ts";

/** How long SageMaker may be unreachable, or throttle, while a job runs that does not need us. */
const PATIENCE_MS = 10 * 60_000;

/** Asks again while the service cannot be reached or throttles. `check` is called before each wait, and may throw. */
export async function askPatiently<T>(
  ask: () => Promise<T>,
  check: () => void,
  { context: { clock, events }, options }: Pick<SessionTools, "context" | "options">,
  signal: AbortSignal,
): Promise<T> {
  const begun = clock.now();
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      signal.throwIfAborted();
      const retryable = ScoreframeError.is(thrown) && thrown.facts.retryable === true;
      if (!retryable || clock.now() - begun > PATIENCE_MS) throw thrown;
      events({ type: "warning", message: `${messageOf(thrown)} The transform job goes on; asking again.` });
      check();
      await clock.sleep(options.pollIntervalMs, signal);
    }
  }
}
