import type { ColumnType } from "./column-type.ts";
import { isInteger, typeText } from "./column-type.ts";

const NAMES: Readonly<Record<string, string>> = {
  Int8: "TINYINT",
  Int16: "SMALLINT",
  Int32: "INTEGER",
  Int64: "BIGINT",
  Float32: "FLOAT",
  Float64: "DOUBLE",
  String: "VARCHAR",
  Binary: "BLOB",
};
const TIMESTAMPS = { Milliseconds: "TIMESTAMP_MS", Microseconds: "TIMESTAMP", Nanoseconds: "TIMESTAMP_NS" } as const;

/** A type as SQL spells it (DuckDB's dialect), so that what is printed can be written into a cast. */
export function sqlType(type: ColumnType): string {
  if (typeof type === "string") {
    if (isInteger(type) && type.startsWith("UInt")) return `U${NAMES[type.slice(1)] ?? type}`;
    return NAMES[type] ?? type.toUpperCase();
  }
  if ("Decimal" in type) return `DECIMAL(${type.Decimal.join(",")})`;
  if ("List" in type) return `${sqlType(type.List)}[]`;
  if ("Array" in type) return `${sqlType(type.Array[0])}[${type.Array[1]}]`;
  if ("Struct" in type) {
    return `STRUCT(${type.Struct.map(({ name, dtype }) => `${sqlName(name)} ${sqlType(dtype)}`).join(", ")})`;
  }
  if ("Duration" in type) return typeText(type);
  const [unit, zone] = type.Datetime;
  return zone === null ? TIMESTAMPS[unit] : "TIMESTAMPTZ";
}

/** A name as SQL takes it: with quotes, unless it needs none. */
export function sqlName(name: string): string {
  return /^[a-z_]\w*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
