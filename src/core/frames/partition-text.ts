import { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { TypedColumn } from "./column-type.ts";
import { isFloat, typeText } from "./column-type.ts";
import type { Expr } from "./polars.ts";
import { pl } from "./polars.ts";

/**
 * The text by which a partition is named: `2001-01-01`, `2001-01-01 06:30:00`, `42`, `true`; null stays null. Floats are refused, because
 * their text is no safe key; binary and nested values have no text.
 */
export function partitionText(value: Expr, { name, type }: TypedColumn): Expr {
  if (isFloat(type) || type === "Binary" || isNested(type)) {
    throw new ScoreframeError(
      "COLUMN_TYPE_UNSUPPORTED",
      `Column ${JSON.stringify(name)} is ${typeText(type)} and cannot name partitions. ` +
        "Partition by a text, integer, boolean, date or timestamp, or cast it in the source's SQL.",
      { option: "output.partition_by" },
    );
  }
  const text = value.cast(pl.Utf8);
  // Polars writes every digit of the unit; a whole second is named as other engines name it.
  return typeof type === "object" && "Datetime" in type ? text.str.replace("\\.0+(\\+|-|$)", "$1") : text;
}

function isNested(type: TypedColumn["type"]): boolean {
  return typeof type === "object" && ("List" in type || "Array" in type || "Struct" in type);
}
