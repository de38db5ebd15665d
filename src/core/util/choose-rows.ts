import { hash } from "node:crypto";

/** Positions of `count` rows out of `rows`, in order and spread over all of them: the same for the same seed. */
export function chooseRows(rows: number, count: number, seed: string): number[] {
  if (count >= rows) return Array.from({ length: rows }, (_, row) => row);
  const random = randomNumbers(seed);
  const startOf = (stretch: number): number => Math.floor((stretch * rows) / count);
  // One in each stretch of about the same length.
  return Array.from({ length: count }, (_, stretch) => {
    const start = startOf(stretch);
    return start + Math.floor(random() * (startOf(stretch + 1) - start));
  });
}

/** Numbers from 0 to below 1 that follow from the seed: the generator mulberry32. */
export function randomNumbers(seed: string): () => number {
  let state = Number.parseInt(hash("sha256", seed, "hex").slice(0, 8), 16);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
