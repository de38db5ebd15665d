import { parseExact } from "../json/exact-json.ts";
import { keyText } from "../protocols/pairing/key-text.ts";
import type { TypedColumn } from "./column-type.ts";
import { encodeRow } from "./encode-rows.ts";
import type { EncodedColumn } from "./encoded-column.ts";
import type { DataFrame } from "./polars.ts";
import { column, scanParquet } from "./polars.ts";

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
