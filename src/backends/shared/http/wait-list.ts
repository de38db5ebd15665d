/** Tasks that wait for a condition over shared state. */
export type WaitList = {
  /** Resolves when the condition holds; rejects with the signal's reason when that aborts. */
  until(condition: () => boolean): Promise<void>;
  /** The promise's outcome, unless the signal aborts first. */
  orStopped<Value>(promise: Promise<Value>): Promise<Value>;
  /** The state has changed: conditions are looked at again. */
  notify(): void;
};

export function createWaitList(signal: AbortSignal): WaitList {
  let waiting: (() => void)[] = [];
  const notify = (): void => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => {
      reject(signal.reason);
      notify();
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  // Nobody may be waiting when it aborts.
  stopped.catch(() => undefined);
  return {
    async until(condition) {
      for (;;) {
        signal.throwIfAborted();
        if (condition()) return;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    orStopped: (promise) => Promise.race([promise, stopped]),
    notify,
  };
}
