import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { gather } from "../../../src/core/util/gather.ts";

const FOREVER = 2 ** 30;

async function* items(count: number, end: () => Promise<void> = async () => undefined): AsyncGenerator<number> {
  for (let item = 0; item < count; item += 1) yield item;
  await end();
}

async function all<Item>(batches: AsyncIterable<Item[]>): Promise<Item[][]> {
  const found: Item[][] = [];
  for await (const batch of batches) found.push(batch);
  return found;
}

describe("items in batches", () => {
  test("are all there, in their order, and no batch is larger than it may be", async () => {
    const isFull = (batch: readonly number[]): boolean => batch.length >= 3;
    const found = await all(gather(items(10), { isFull, waitMs: FOREVER }));
    expect(found).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]);
    expect(await all(gather(items(0), { isFull, waitMs: FOREVER }))).toEqual([]);
  });

  test("do not wait for a source that has no more for now", async () => {
    const later = Promise.withResolvers<void>();
    const batches = gather(
      items(2, () => later.promise),
      { isFull: () => false, waitMs: 1 },
    );
    expect(await batches.next()).toEqual({ done: false, value: [0, 1] });
    later.resolve();
    expect(await batches.next()).toEqual({ done: true, value: undefined });
  });

  test("are read no further than a full batch while no caller asks for more", async () => {
    let taken = 0;
    async function* counted(): AsyncGenerator<number> {
      for (;;) yield taken++;
    }
    const batches = gather(counted(), { isFull: (batch) => batch.length >= 4, waitMs: FOREVER });
    expect((await batches.next()).value).toHaveLength(4);
    await sleep(20);
    expect(taken).toBe(8);
    await batches.return(undefined);
    await sleep(20);
    expect(taken).toBe(8);
  });

  test("end with the error of their source, before what still waits", async () => {
    const failing = items(2, () => Promise.reject(new Error("the source broke")));
    await expect(gather(failing, { isFull: () => false, waitMs: FOREVER }).next()).rejects.toThrow("the source broke");
  });
});
