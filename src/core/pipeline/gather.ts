/**
 * Items in batches: all that have arrived since the last batch was taken, at least one. Takes no more where the batch that waits is full, so that
 * who is slow holds the source back. An error of the source comes before what still waits.
 */
export async function* gather<Item>(
  items: AsyncIterable<Item>,
  isFull: (batch: readonly Item[]) => boolean,
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
  void pull();
  try {
    for (;;) {
      while (waiting.length === 0 && !ended) await changed.promise;
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
