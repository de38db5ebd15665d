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
  /** The `reject` of each wait. One promise for all would keep every outcome for as long as the list exists. */
  const running = new Set<(reason: unknown) => void>();
  const stop = (): void => {
    for (const reject of running) reject(signal.reason);
    notify();
  };
  signal.addEventListener("abort", stop, { once: true });
  return {
    async until(condition) {
      for (;;) {
        signal.throwIfAborted();
        if (condition()) return;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    async orStopped(promise) {
      const { promise: stopped, reject } = Promise.withResolvers<never>();
      running.add(reject);
      if (signal.aborted) reject(signal.reason);
      try {
        return await Promise.race([promise, stopped]);
      } finally {
        running.delete(reject);
      }
    },
    notify,
  };
}
