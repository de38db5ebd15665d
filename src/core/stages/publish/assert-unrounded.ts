import type { StitchedShard } from "../../domain/stitched-shard.ts";
import { stitchedFiles } from "../../domain/stitched-shard.ts";
import type { TypedColumn } from "../../domain/types/column-type.ts";
import { isFloat } from "../../domain/types/column-type.ts";
import { contractText, spokenType } from "../../domain/types/contract-text.ts";
import { leafCasts } from "../../domain/types/exact-cast.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { FindLossyCasts } from "./table-contract/assert-contract.ts";

/**
 * Throws `PREDICTIONS_INCOMPATIBLE` if a column is of doubles only because some shards answered fractions, and another shard has a whole number that no
 * double holds. Reads only columns of whole numbers that become doubles.
 */
export async function assertUnrounded(
  shards: readonly StitchedShard[],
  table: readonly TypedColumn[],
  findLossyCasts: FindLossyCasts,
): Promise<void> {
  const wanted = new Map(table.map(({ name, type }) => [name, type]));
  for (const { path, rows, schema } of stitchedFiles(shards)) {
    const casts = schema.flatMap(({ name, type }) => {
      const to = wanted.get(name);
      const isRounded =
        to !== undefined && leafCasts(type, to).some((leaf) => leaf.exactness === "by_value" && isFloat(leaf.to));
      return isRounded ? [{ column: name, from: type, to }] : [];
    });
    if (casts.length === 0 || rows === 0) continue;
    const [lossy] = await findLossyCasts({ path, rows, casts });
    if (lossy === undefined) continue;
    const cast = casts.find(({ column }) => column === lossy.column) as (typeof casts)[number];
    const shard = shards.find((each) => each.path === path)?.shard ?? 0;
    const types = [contractText(cast.from), contractText(cast.to)];
    const example = lossy.value === null ? "" : ` (${lossy.value})`;
    throw new ScoreframeError(
      "PREDICTIONS_INCOMPATIBLE",
      `The column ${JSON.stringify(lossy.column)} is ${spokenType(cast.from)} in shard ${shard}${example} and a fraction (double) in others, and no double holds this ` +
        `number. Make the model answer whole numbers only, or state output.predictions: { ${lossy.column}: ${types[1]} } to round them.`,
      { shard, operation: "publish", details: { column: lossy.column, types } },
    );
  }
}
