import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { ModelProcess } from "./model-process.ts";
import { exitError } from "./model-process.ts";
import { readLogTail } from "./read-log-tail.ts";

export type StartLimits = { readonly timeoutSeconds: number; readonly signal: AbortSignal };

/**
 * Waits until `ready` resolves, which it does once the model answers. Its signal aborts when the wait is over. If the process ends first, the
 * time is up or the run is aborted, the process is stopped and the reason thrown.
 *
 * @param lastSeen what was seen so far, for the message when the time is up
 */
export async function awaitStart<Ready>(
  process: ModelProcess,
  ready: (signal: AbortSignal) => Promise<Ready>,
  limits: StartLimits,
  lastSeen: () => string,
): Promise<Ready> {
  const over = new AbortController();
  const timeout = AbortSignal.timeout(limits.timeoutSeconds * 1000);
  try {
    return await Promise.race([
      ready(over.signal),
      process.exit.then(async (how) => Promise.reject(await exitError(process, how, "before it answered"))),
      aborted(timeout, over.signal).then(async () =>
        Promise.reject(await tooLate(process, limits.timeoutSeconds, lastSeen())),
      ),
      aborted(limits.signal, over.signal).then(() => Promise.reject(limits.signal.reason)),
    ]);
  } catch (thrown) {
    await process.stop();
    throw thrown;
  } finally {
    over.abort();
  }
}

async function tooLate({ logPath }: ModelProcess, seconds: number, lastSeen: string): Promise<ScoreframeError> {
  const tail = await readLogTail(logPath);
  return new ScoreframeError(
    "MODEL_START_FAILED",
    `The model was not ready after ${seconds} s: ${lastSeen}. Raise start_timeout_s if it only needs longer. Its log is ${logPath}${tail}`,
    { operation: "start model", details: { log: logPath } },
  );
}

/** Resolves when `signal` aborts; its listener goes when `over` does. */
function aborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true, signal: over });
  });
}
