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

/** A type as people say it, with the word of `output.predictions`: `text (string)`, `a number (double)`. */
export function spokenType(type: ColumnType): string {
  const word = contractText(type);
  if (type === "Null") return "null";
  if (type === "String") return `text (${word})`;
  if (type === "Boolean") return `true or false (${word})`;
  if (typeof type === "string") return isInteger(type) || isFloat(type) ? `a number (${word})` : word;
  if ("Decimal" in type) return `a number (${word})`;
  if ("List" in type) return `a list (${word})`;
  return "Struct" in type ? `an object (${word})` : word;
}
