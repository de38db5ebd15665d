import type { ShardRecord } from "../../domain/shard-record.ts";
import type { SampleRequest } from "../../stages/stitch/worker/sample/sample-rows.ts";
import { randomNumbers } from "../../util/choose-rows.ts";

export type SamplePlan = {
  /** How many rows are to be verified. */
  readonly rows: number;
  /** Rows of the source. */
  readonly total: number;
  /** The choice follows from it: the same run chooses the same rows. */
  readonly seed: string;
} & Pick<SampleRequest, "identity" | "features" | "widths">;

/**
 * Which rows of each shard are set aside: as many as fall to it by its share of the rows, and one of every shard if there are fewer shards than rows to
 * verify. What a shard is asked for follows from its record alone, in whatever order the shards come.
 */
export function planSample({ rows, total, seed, identity, features, widths }: SamplePlan) {
  const offset = randomNumbers(seed)();
  const below = (position: number): number => Math.floor((position * rows) / Math.max(1, total) + offset);
  return (record: ShardRecord): Omit<SampleRequest, "path"> | null => {
    const first = record.request.first_id;
    const share = below(first + record.rows) - below(first);
    const count = share === 0 && expectedShards(record, total) <= rows ? 1 : share;
    return count === 0 ? null : { rows: count, seed: `${seed}:${record.shard}`, identity, features, widths };
  };
}

/** How many shards there will be, by the rows of those before this one. */
function expectedShards({ shard, rows, request }: ShardRecord, total: number): number {
  const usual = shard === 0 ? rows : request.first_id / shard;
  return total / Math.max(1, usual);
}
