import type { TypedColumn } from "../../../domain/types/column-type.ts";
import { ScoreframeError } from "../../../errors/scoreframe-error.ts";
import { parseExact } from "../../../json/exact-json.ts";
import type { DataFrame } from "../../../polars/polars.ts";
import { column, scanParquet, structField } from "../../../polars/polars.ts";
import { keyText } from "../../../protocols/pairing/key-text.ts";
import type { Explosion } from "../../../responses/read/explode-uniform.ts";
import { encodeRow } from "./encode-rows.ts";
import type { EncodedColumn } from "./encoded-column.ts";

/** The texts by which keys are compared, of a column as requests carry it; null for a null. */
export function keysOf(rows: DataFrame, key: EncodedColumn): (string | null)[] {
  const sent = rows
    .select(encodeRow([key], "value", "null").alias("key"))
    .getColumn("key")
    .toArray() as string[];
  return sent.map((json) => keyText(parseExact(json)));
}

/** The same of a column of a features file. */
export function readRowKeys(featuresPath: string, key: TypedColumn): (string | null)[] {
  const rows = scanParquet(featuresPath).select(column(key.name).alias("c0")).collectSync();
  return keysOf(rows, { ...key, alias: "c0" });
}

/** The same of a field of the rows of request lines, in a column `value`. Throws `COLUMN_UNKNOWN` if they have no such field. */
export function requestKeys({ values, type }: Explosion, name: string, requestFile: string): (string | null)[] {
  const fields = typeof type === "object" && "Struct" in type ? type.Struct : [];
  const field = fields.find((each) => each.name === name);
  if (field !== undefined)
    return keysOf(values.select(structField(column("value"), name).alias("c0")), {
      name,
      type: field.dtype,
      alias: "c0",
    });
  const names = fields.map((each) => JSON.stringify(each.name)).join(", ");
  throw new ScoreframeError(
    "COLUMN_UNKNOWN",
    `The rows of request file ${requestFile} have no column ${JSON.stringify(name)} to pair predictions by. They have: ${names === "" ? "no names" : names}.`,
    { operation: "stitch", option: "key", details: { column: name } },
  );
}
