import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";

/** Rows in memory, or made as they are asked for. */
export type RowsInput = Iterable<object> | AsyncIterable<object>;

/** Passes on every row in order. Stops at once when the signal aborts, even while it waits for a row. */
export async function forEachRow(
  input: RowsInput,
  signal: AbortSignal,
  take: (row: unknown) => Promise<void> | undefined,
): Promise<void> {
  signal.throwIfAborted();
  const iterator = Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator]();
  let finished = false;
  try {
    for (;;) {
      const step = iterator.next();
      const next = step instanceof Promise ? await orAbort(step, signal) : step;
      if (next.done === true) break;
      const wait = take(next.value);
      if (wait === undefined) continue;
      await wait;
      signal.throwIfAborted();
    }
    finished = true;
  } catch (error) {
    signal.throwIfAborted();
    throw ScoreframeError.is(error) ? error : rowsFailed(error);
  } finally {
    // Not awaited: a generator that hangs in a row would hang here, too.
    if (!finished) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** Each row has its own listener, because one promise for all rows would collect a reaction from each. */
function orAbort<T>(step: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    step.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function rowsFailed(cause: unknown): ScoreframeError {
  const message = `The rows that the program gives ended with an error: ${messageOf(cause)}. Fix the iterable, and start again.`;
  return new ScoreframeError("SOURCE_FAILED", message, { operation: "read rows", cause });
}
