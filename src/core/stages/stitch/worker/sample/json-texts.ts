import type { ColumnType } from "../../../../domain/types/column-type.ts";
import { containsListOfStruct } from "../../../../domain/types/column-type.ts";
import { jsonReady } from "../../../../polars/json-ready.ts";
import type { DataFrame } from "../../../../polars/polars.ts";
import { column, pl, unsliced } from "../../../../polars/polars.ts";

export type JsonColumn = { readonly alias: string; readonly name: string; readonly type: ColumnType };

/** The values of these columns as one JSON object per row, every digit kept. */
export function jsonTexts(frame: DataFrame, columns: readonly JsonColumn[]): string[] {
  if (columns.length === 0 || frame.height === 0) return new Array<string>(frame.height).fill("{}");
  const whole = columns.some(({ type }) => containsListOfStruct(type)) ? unsliced(frame) : frame;
  const object = pl.struct(columns.map(({ alias, name, type }) => jsonReady(column(alias), type).alias(name)));
  return whole
    .lazy()
    .select(object.struct.jsonEncode().alias("text"))
    .collectSync()
    .getColumn("text")
    .toArray() as string[];
}
