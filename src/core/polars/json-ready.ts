import type { ColumnType } from "../domain/types/column-type.ts";
import type { Expr } from "./polars.ts";
import { base64 } from "./polars.ts";
import { replaceNested } from "./replace-nested.ts";

/** Bytes have no JSON form (the encoder panics): base64 instead, at any depth. */
export function jsonReady(value: Expr, type: ColumnType): Expr {
  return replaceNested(value, type, { matches: (each) => each === "Binary", replace: base64 });
}
