import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { TypedColumn } from "./column-type.ts";
import { isFloat, typeText } from "./column-type.ts";

/** Throws `COLUMN_TYPE_UNSUPPORTED` for a column that cannot name partitions: a float's text is no safe key, binary and nested values have no text. */
export function assertPartitionType({ name, type }: TypedColumn): void {
  const nested = typeof type === "object" && ("List" in type || "Array" in type || "Struct" in type);
  if (!isFloat(type) && type !== "Binary" && !nested) return;
  throw new ScoreframeError(
    "COLUMN_TYPE_UNSUPPORTED",
    `Column ${JSON.stringify(name)} is ${typeText(type)} and cannot name partitions. ` +
      "Partition by a text, integer, boolean, date or timestamp, or cast it in the source's SQL.",
    { option: "output.partition_by" },
  );
}
