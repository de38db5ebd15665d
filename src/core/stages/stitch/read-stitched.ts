import { settleType } from "../../domain/types/column-type.ts";
import type { DataFrame, LazyFrame } from "../../polars/polars.ts";
import { castTo, column, pl, scanParquet } from "../../polars/polars.ts";
import { unifyShards } from "../../responses/types/unify-shards.ts";
import type { StitchOutcome } from "./worker/stitch-shard.ts";

/** The rows of stitched shards in one frame, in their order, with one type per column. */
export function readStitched(shards: readonly StitchOutcome[]): DataFrame {
  const schemas = shards.map(({ sourceColumns, predictionColumns }) => [...sourceColumns, ...predictionColumns]);
  const unified = unifyShards(
    shards.map(({ shard }, index) => ({ name: `shard ${shard}`, columns: schemas[index] ?? [] })),
  );
  const parts = shards.map(({ path, offset, scored }, index): LazyFrame => {
    const present = new Set(schemas[index]?.map(({ name }) => name));
    return scanParquet(path)
      .slice(offset, scored)
      .select(
        ...unified.map(({ name, type }) =>
          castTo(present.has(name) ? column(name) : pl.lit(null), settleType(type)).alias(name),
        ),
      );
  });
  if (parts.length === 0) return pl.DataFrame({});
  return pl.concat(parts, { how: "vertical" }).collectSync();
}
