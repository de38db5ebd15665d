export type GatherOptions<Item> = {
  readonly isFull: (batch: readonly Item[]) => boolean;
  /** How long a batch that is not full waits for more, from its first item on. It does not wait if the source has ended. */
  readonly waitMs: number;
};

/**
 * Items in batches of at least one. Reads no more while the waiting batch is full, so that a slow consumer slows the source. An error of the
 * source comes before what still waits.
 */
export async function* gather<Item>(
  items: AsyncIterable<Item>,
  { isFull, waitMs }: GatherOptions<Item>,
): AsyncGenerator<Item[]> {
  const source = items[Symbol.asyncIterator]();
  let waiting: Item[] = [];
  let ended = false;
  let stopped = false;
  let failure: { readonly cause: unknown } | null = null;
  let changed = Promise.withResolvers<void>();
  const notify = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const pull = async (): Promise<void> => {
    try {
      while (!stopped) {
        if (isFull(waiting)) await changed.promise;
        else {
          const next = await source.next();
          if (next.done === true) return;
          waiting.push(next.value);
          notify();
        }
      }
    } catch (cause) {
      failure = { cause };
    } finally {
      ended = true;
      notify();
    }
  };
  const waitForMore = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      resolve();
    }, waitMs);
    while (!isOver && !ended && !isFull(waiting)) await Promise.race([promise, changed.promise]);
    clearTimeout(timer);
  };
  void pull();
  try {
    for (;;) {
      while (waiting.length === 0 && !ended) await changed.promise;
      if (!ended && !isFull(waiting)) await waitForMore();
      if (failure !== null) throw (failure as { cause: unknown }).cause;
      if (waiting.length === 0) return;
      const batch = waiting;
      waiting = [];
      notify();
      yield batch;
    }
  } finally {
    stopped = true;
    notify();
    // Not awaited: a source that waits for its next item would answer only after it.
    if (!ended) Promise.resolve(source.return?.()).catch(() => undefined);
  }
}
