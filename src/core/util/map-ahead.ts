/**
 * Applies an asynchronous function to items, up to `ahead` at a time, and yields the results in the order of the items. After an error, or if the
 * consumer stops, nothing new is begun and what runs is awaited.
 */
export async function* mapAhead<Item, Result>(
  items: Iterable<Item>,
  ahead: number,
  apply: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  const first = async (): Promise<Result> => {
    const result = await (running[0] as Promise<Result>);
    void running.shift();
    return result;
  };
  try {
    for (const item of items) {
      const task = apply(item);
      task.catch(() => undefined);
      running.push(task);
      if (running.length >= ahead) yield await first();
    }
    while (running.length > 0) yield await first();
  } finally {
    await Promise.allSettled(running);
  }
}
