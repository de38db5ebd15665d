import { closest, distance } from "fastest-levenshtein";

/** The candidate that was probably meant, or undefined if none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const plain = simplify(word);
  const found = closest(plain, candidates.map(simplify));
  const limit = Math.max(2, Math.floor(plain.length / 3));
  if (distance(plain, found) > limit || distance(plain, found) >= plain.length) return undefined;
  return candidates.find((candidate) => simplify(candidate) === found);
}

/** `batchSize`, `batch-size` and `batch_size` are one word to a reader. */
function simplify(word: string): string {
  return word.replace(/[-_ ]/g, "").toLowerCase();
}
