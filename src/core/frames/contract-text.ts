import type { ColumnType } from "./column-type.ts";
import { isFloat, isInteger, typeText } from "./column-type.ts";

const WORDS: Readonly<Record<string, string>> = {
  Boolean: "boolean",
  Float32: "float",
  Float64: "double",
  String: "string",
  Date: "date",
};

/** A type in the words of `output.predictions`, so that what is printed can be written there; other types keep their own name. */
export function contractText(type: ColumnType): string {
  if (typeof type === "string") return WORDS[type] ?? (isInteger(type) || isFloat(type) ? type.toLowerCase() : type);
  if ("List" in type) return `list<${contractText(type.List)}>`;
  if ("Struct" in type)
    return `struct<${type.Struct.map(({ name, dtype }) => `${name}: ${contractText(dtype)}`).join(", ")}>`;
  if ("Datetime" in type) return "timestamp";
  return typeText(type);
}
