import type { TypedColumn } from "../../../domain/types/column-type.ts";
import { readArrowSchema } from "../../../polars/arrow-schema.ts";
import { column, scanParquet } from "../../../polars/polars.ts";

/** The columns of a Parquet file in their order, as Polars reads them. No rows are read. */
export function readParquetSchema(path: string): TypedColumn[] {
  const lazy = scanParquet(path);
  const names = lazy.columns;
  // A column named like a method (`writeIPC`) would hide it: rename by position before the frame becomes a proxy.
  const renamed = lazy.select(names.map((name, index) => column(name).alias(`c${index}`))).limit(0);
  const types = readArrowSchema(renamed.collectSync().writeIPC());
  return names.map((name, index) => ({ name, type: types[index]?.type ?? "Null" }));
}
