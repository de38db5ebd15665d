import type { Clock } from "../ports/clock.ts";

/** Requests are answered by the thousand a second; progress is looked at a few times. */
const REPORT_MS = 100;

/** Rows that were answered of shards that are not whole yet. A shard's count never falls, never exceeds its rows, and is gone when it is whole. */
export function createPartialCounts(clock: Clock) {
  const counts = new Map<number, { readonly rows: number; answered: number }>();
  let total = 0;
  let reportedAt = 0;
  return {
    rows: (): number => total,
    expect(shard: number, rows: number): void {
      counts.set(shard, { rows, answered: 0 });
    },
    /** Whether it is time to report again. */
    report(shard: number, answered: number): boolean {
      const count = counts.get(shard);
      if (count === undefined) return false;
      const now = Math.max(count.answered, Math.min(count.rows, answered));
      total += now - count.answered;
      count.answered = now;
      if (clock.now() - reportedAt < REPORT_MS) return false;
      reportedAt = clock.now();
      return true;
    },
    finish(shard: number): void {
      total -= counts.get(shard)?.answered ?? 0;
      counts.delete(shard);
    },
  };
}
