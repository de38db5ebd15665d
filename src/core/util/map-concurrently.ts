/**
 * Applies an asynchronous function to items as they arrive, up to `limit` at a time, and yields results as they are ready. Takes the next
 * item only when there is room, so that a slow consumer holds the producer back. After an error nothing new is begun; what runs is awaited.
 */
export async function* mapConcurrently<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  limit: number,
  apply: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : eachOf(items);
  type Arrival =
    | { kind: "item"; next: IteratorResult<Item> }
    | { kind: "result"; task: Promise<Arrival>; value: Result };
  const running = new Set<Promise<Arrival>>();
  let pull: Promise<Arrival> | null = null;
  let exhausted = false;
  try {
    while (!exhausted || running.size > 0) {
      if (!exhausted && pull === null && running.size < limit) {
        pull = source.next().then((next) => ({ kind: "item", next }));
      }
      const arrival = await Promise.race(pull === null ? running : [...running, pull]);
      if (arrival.kind === "result") {
        running.delete(arrival.task);
        yield arrival.value;
        continue;
      }
      pull = null;
      if (arrival.next.done) exhausted = true;
      else running.add(start(arrival.next.value));
    }
  } finally {
    // What failed is on its way up; neither a pull nor a clean-up that fails after it may surface as an unhandled rejection. The clean-up is
    // not awaited: it waits for a pull that may end only when the caller, who learns of the failure first, aborts.
    pull?.catch(() => undefined);
    await Promise.allSettled(running);
    Promise.resolve(source.return?.()).catch(() => undefined);
  }

  function start(item: Item): Promise<Arrival> {
    const task: Promise<Arrival> = apply(item).then((value) => ({ kind: "result", task, value }));
    task.catch(() => undefined);
    return task;
  }
}

async function* eachOf<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}
