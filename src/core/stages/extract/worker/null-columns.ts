import { column, scanParquet } from "../../../polars/polars.ts";

/** The columns of a Parquet file that hold a null. */
export function readNullColumns(path: string): string[] {
  const lazy = scanParquet(path);
  const names = lazy.columns;
  const nulls = lazy.select(names.map((name, index) => column(name).nullCount().alias(`c${index}`))).collectSync();
  return names.filter((_, index) => Number(nulls.getColumn(`c${index}`).get(0)) > 0);
}
