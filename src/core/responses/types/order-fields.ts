import type { ColumnType, StructField } from "../../domain/types/column-type.ts";

/**
 * A type whose struct fields are in the order of a sample value, followed by the rest by name. Polars infers the fields of objects that
 * differ in their keys in an order that changes from call to call.
 */
export function orderFields(type: ColumnType, sample: unknown): ColumnType {
  if (typeof type === "string") return type;
  if ("List" in type) return { List: orderFields(type.List, firstElement(sample)) };
  if (!("Struct" in type)) return type;
  const object = typeof sample === "object" && sample !== null ? (sample as Record<string, unknown>) : {};
  const places = new Map(Object.keys(object).map((name, index) => [name, index]));
  const place = ({ name }: StructField): number => places.get(name) ?? places.size;
  const ordered = type.Struct.toSorted((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
  return { Struct: ordered.map(({ name, dtype }) => ({ name, dtype: orderFields(dtype, object[name]) })) };
}

function firstElement(sample: unknown): unknown {
  return Array.isArray(sample) ? sample.find((value) => value !== null) : undefined;
}
