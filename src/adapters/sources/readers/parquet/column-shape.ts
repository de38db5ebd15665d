import type { DuckDBType, DuckDBTypeId } from "@duckdb/node-api";
import { quoteIdentifier } from "../../../duckdb/sql-quoting.ts";

/** The type of a column as a tree. `null`: a column without any value, which has no type yet. */
export type ColumnShape =
  | { readonly kind: "null" }
  | { readonly kind: "leaf"; readonly type: string }
  | { readonly kind: "list"; readonly element: ColumnShape }
  | { readonly kind: "map"; readonly key: ColumnShape; readonly value: ColumnShape }
  | { readonly kind: "struct"; readonly fields: readonly ShapeField[] };

export type ShapeField = { readonly name: string; readonly shape: ColumnShape };

export function shapeOf(type: DuckDBType, ids: typeof DuckDBTypeId): ColumnShape {
  switch (type.typeId) {
    case ids.LIST:
    case ids.ARRAY:
      return { kind: "list", element: shapeOf(type.valueType, ids) };
    case ids.MAP:
      return { kind: "map", key: shapeOf(type.keyType, ids), value: shapeOf(type.valueType, ids) };
    case ids.STRUCT:
      return {
        kind: "struct",
        fields: type.entryTypes.map((entry, index) => ({
          name: type.entryNames[index] ?? "",
          shape: shapeOf(entry, ids),
        })),
      };
    default:
      return { kind: "leaf", type: type.alias === "JSON" ? "JSON" : String(type) };
  }
}

/** The type as SQL has it. What was null in every file is INTEGER, as DuckDB itself reads it. */
export function shapeSql(shape: ColumnShape): string {
  switch (shape.kind) {
    case "null":
      return "INTEGER";
    case "leaf":
      return shape.type;
    case "list":
      return `${shapeSql(shape.element)}[]`;
    case "map":
      return `MAP(${shapeSql(shape.key)}, ${shapeSql(shape.value)})`;
    case "struct":
      return `STRUCT(${shape.fields.map((field) => `${quoteIdentifier(field.name)} ${shapeSql(field.shape)}`).join(", ")})`;
  }
}

/** The shape with `null` instead of the leaves that `isNull` names, counted depth first. */
export function withNulls(shape: ColumnShape, isNull: readonly boolean[]): ColumnShape {
  if (countLeaves(shape) !== isNull.length) return shape;
  let next = 0;
  const walk = (each: ColumnShape): ColumnShape => {
    switch (each.kind) {
      case "list":
        return { kind: "list", element: walk(each.element) };
      case "map":
        return { kind: "map", key: walk(each.key), value: walk(each.value) };
      case "struct":
        return { kind: "struct", fields: each.fields.map(({ name, shape: inner }) => ({ name, shape: walk(inner) })) };
      default:
        next += 1;
        return isNull[next - 1] === true ? { kind: "null" } : each;
    }
  };
  return walk(shape);
}

function countLeaves(shape: ColumnShape): number {
  switch (shape.kind) {
    case "list":
      return countLeaves(shape.element);
    case "map":
      return countLeaves(shape.key) + countLeaves(shape.value);
    case "struct":
      return shape.fields.reduce((sum, field) => sum + countLeaves(field.shape), 0);
    default:
      return 1;
  }
}
