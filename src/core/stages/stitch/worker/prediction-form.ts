import type { ColumnType } from "../../../domain/types/column-type.ts";

/** `none` where every prediction is null: another shard knows the form. */
export function predictionForm(type: ColumnType): "value" | "object" | "none" {
  if (type === "Null") return "none";
  return typeof type !== "string" && "Struct" in type ? "object" : "value";
}
