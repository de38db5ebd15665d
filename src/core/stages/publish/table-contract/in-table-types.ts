import type { TypedColumn } from "../../../domain/types/column-type.ts";

/** Columns whose cells of CSV could be read in two ways, with the type that the table has if it is one of the two. */
export function inTableTypes<Column extends TypedColumn>(
  columns: readonly Column[],
  table: readonly TypedColumn[],
): Column[] {
  const types = new Map(table.map(({ name, type }) => [name, type]));
  return columns.map((column) => {
    const { name, type, alternative } = column;
    const wanted = types.get(name);
    if (alternative === undefined || wanted === undefined) return column;
    const isOther = alternative === wanted || (alternative === "Null" && wanted !== "String");
    return isOther && type !== wanted ? { ...column, type: alternative } : column;
  });
}
