import type { ColumnType } from "../../../../core/domain/types/column-type.ts";
import { quoteIdentifier, quoteText } from "../../../duckdb/sql-quoting.ts";

const SCALARS: Readonly<Record<Extract<ColumnType, string>, string>> = {
  // A table gives a column without any value the type String.
  Null: "VARCHAR",
  Boolean: "BOOLEAN",
  String: "VARCHAR",
  Binary: "BLOB",
  Date: "DATE",
  Time: "TIME",
  Int8: "TINYINT",
  Int16: "SMALLINT",
  Int32: "INTEGER",
  Int64: "BIGINT",
  UInt8: "UTINYINT",
  UInt16: "USMALLINT",
  UInt32: "UINTEGER",
  UInt64: "UBIGINT",
  Float16: "FLOAT",
  Float32: "FLOAT",
  Float64: "DOUBLE",
};

const TIMESTAMPS = { Nanoseconds: "TIMESTAMP_NS", Microseconds: "TIMESTAMP", Milliseconds: "TIMESTAMP_MS" } as const;

/** A type of a manifest, which is in Polars' spelling, as DuckDB's. `bytes`: the type for bytes, which text formats hold as base64. */
export function columnSql(type: ColumnType, bytes = "BLOB"): string {
  if (type === "Binary") return bytes;
  if (typeof type === "string") return SCALARS[type];
  if ("List" in type) return `${columnSql(type.List, bytes)}[]`;
  if ("Array" in type) return `${columnSql(type.Array[0], bytes)}[]`;
  if ("Decimal" in type) return `DECIMAL(${type.Decimal.join(", ")})`;
  if ("Duration" in type) return "VARCHAR";
  if ("Datetime" in type) {
    const [unit, zone] = type.Datetime;
    return zone === null ? TIMESTAMPS[unit] : "TIMESTAMP WITH TIME ZONE";
  }
  const fields = type.Struct.map(({ name, dtype }) => `${quoteIdentifier(name)} ${columnSql(dtype, bytes)}`);
  return `STRUCT(${fields.join(", ")})`;
}

/** The value of a cell of CSV: nested values are JSON in it. */
export function fromCell(cell: string, type: ColumnType): string {
  if (type === "Binary") return `from_base64(${cell})`;
  if (columnSql(type) === "VARCHAR") return cell;
  const isNested = typeof type === "object" && ("List" in type || "Array" in type || "Struct" in type);
  if (!isNested) return `CAST(${cell} AS ${columnSql(type)})`;
  return fromJson(`CAST(CAST(${cell} AS JSON) AS ${columnSql(type, "VARCHAR")})`, type);
}

/** A value that was read from JSON, with its bytes decoded. */
export function fromJson(value: string, type: ColumnType, depth = 0): string {
  if (type === "Binary") return `from_base64(${value})`;
  if (typeof type === "string" || !columnSql(type).includes("BLOB")) return value;
  const element = "List" in type ? type.List : "Array" in type ? type.Array[0] : null;
  if (element !== null) {
    // An inner parameter may not hide an outer one.
    const parameter = `e${depth}`;
    return `list_transform(${value}, lambda ${parameter}: ${fromJson(parameter, element, depth + 1)})`;
  }
  if (!("Struct" in type)) return value;
  const fields = type.Struct.map(({ name, dtype }) => {
    const field = fromJson(`struct_extract(${value}, ${quoteText(name)})`, dtype, depth);
    return `${quoteIdentifier(name)} := ${field}`;
  });
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE struct_pack(${fields.join(", ")}) END`;
}
