import type { FramePool } from "../../worker/frame-pool.ts";
import type { ShardStageInput } from "./shard-stage.ts";
import type { ListWidths } from "./tensor-plan.ts";

/** The same, with how long the lists among the features are, which the shapes of tensors say. Reads no row for any other form of a request. */
export async function withListWidths(
  input: ShardStageInput,
  pool: FramePool,
  signal: AbortSignal,
): Promise<ShardStageInput & { readonly widths: ListWidths }> {
  if (input.protocol !== "open_inference") return { ...input, widths: {} };
  const columns = input.columns.filter(({ name }) => input.features.includes(name));
  return { ...input, widths: await pool.run("listWidths", { table: input.table.path, columns }, signal) };
}
