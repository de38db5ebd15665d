/** How many requests are in flight at once: at most the job's concurrency, and fewer if the server is overloaded. */
export type InFlightLimit = {
  /** Resolves when there is room; rejects with the signal's reason when that aborts. Each place is given back once. */
  enter(signal: AbortSignal): Promise<Place>;
};

export type Place = {
  /** `busy`: the server rejected the request because of its load. */
  leave(outcome: "busy" | "other"): void;
};

/**
 * Halves the limit when a request is rejected because of the load, once for all requests that began before the last halving, and raises it by one
 * for every round of requests that were not: as TCP does, because the server's capacity is as unknown here as the network's is there.
 */
export function createInFlightLimit(most: number): InFlightLimit {
  let limit = most;
  let inFlight = 0;
  let begun = 0;
  let begunAtCut = 0;
  const waiting: (() => void)[] = [];

  function admit(): void {
    while (inFlight < Math.floor(limit) && waiting.length > 0) {
      inFlight += 1;
      waiting.shift()?.();
    }
  }

  function place(): Place {
    begun += 1;
    const number = begun;
    return {
      leave(outcome) {
        if (outcome === "other") limit = Math.min(most, limit + 1 / limit);
        else if (number > begunAtCut) {
          limit = Math.max(1, Math.min(limit, inFlight) / 2);
          begunAtCut = begun;
        }
        inFlight -= 1;
        admit();
      },
    };
  }

  return {
    async enter(signal) {
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => {
          waiting.splice(waiting.indexOf(go), 1);
          reject(signal.reason);
        };
        const go = (): void => {
          signal.removeEventListener("abort", stop);
          resolve();
        };
        waiting.push(go);
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop, { once: true });
        admit();
      });
      return place();
    },
  };
}
