const INTEGER = /^-?\d+$/;

/** Order of partitions: null first, integers by value, other text by code point, as their shards are sorted. */
export function comparePartitionValues(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  for (const [index, left] of a.entries()) {
    const order = compareValue(left, b[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValue(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  if (INTEGER.test(a) && INTEGER.test(b)) {
    const difference = BigInt(a) - BigInt(b);
    return difference === 0n ? 0 : difference < 0n ? -1 : 1;
  }
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
