import type { ColumnType } from "../../domain/types/column-type.ts";
import type { ExactJson } from "../../json/exact-json.ts";
import { exactField, isExactObject, stringifyExact } from "../../json/exact-json.ts";
import { widenType } from "./json-type.ts";

/** A value that has no type in common with those before it, or that no column holds by itself. */
export type Conflict = {
  /** Names of fields on the way to it. */
  readonly path: readonly string[];
  readonly before: ColumnType;
  readonly found: ColumnType;
  readonly text: string;
  /** Whether both are in one list of one prediction. */
  readonly inOneList: boolean;
};

/** The place in which a value, which `widenType` cannot add to the type, differs from it. */
export function findConflict(type: ColumnType, value: ExactJson, path: readonly string[] = []): Conflict | null {
  if (widenType(type, value) !== null) return null;
  if (Array.isArray(value) && (type === "Null" || isList(type))) {
    return conflictInList(type === "Null" ? "Null" : type.List, value, path);
  }
  if (isExactObject(value) && (type === "Null" || isStruct(type))) {
    const fields = type === "Null" ? [] : type.Struct;
    for (const [name, member] of Object.entries(value)) {
      const before = fields.find((field) => field.name === name)?.dtype ?? "Null";
      const conflict = findConflict(before, member, [...path, name]);
      if (conflict !== null) return conflict;
    }
  }
  const found = widenType("Null", value) ?? "Null";
  return { path, before: type, found, text: stringifyExact(value), inOneList: false };
}

function conflictInList(element: ColumnType, values: readonly ExactJson[], path: readonly string[]): Conflict | null {
  let before = element;
  let own: ColumnType = "Null";
  for (const value of values) {
    const widened = widenType(before, value);
    const conflict = widened === null ? findConflict(before, value, path) : null;
    if (conflict !== null) {
      const isOwn = own !== "Null" && widenType(own, value) === null;
      if (!isOwn || conflict.path.length > path.length) return conflict;
      const isValue = conflict.text === stringifyExact(value);
      return { ...conflict, before: isValue ? own : conflict.before, inOneList: true };
    }
    before = widened ?? before;
    own = widenType(own, value) ?? own;
  }
  return null;
}

function isList(type: ColumnType): type is { readonly List: ColumnType } {
  return typeof type === "object" && "List" in type;
}

function isStruct(type: ColumnType): type is Extract<ColumnType, { readonly Struct: unknown }> {
  return typeof type === "object" && "Struct" in type;
}

/** A whole number that would be rounded in a column of doubles: the name of its column, and its text. */
export function findRounded(type: ColumnType, value: ExactJson, path: readonly string[] = []): Conflict | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  if (Array.isArray(value)) return isList(type) ? firstOf(value, (each) => findRounded(type.List, each, path)) : null;
  if (isExactObject(value)) {
    if (!isStruct(type)) return null;
    return firstOf(type.Struct, ({ name, dtype }) =>
      findRounded(dtype, exactField(value, name) ?? null, [...path, name]),
    );
  }
  const text = stringifyExact(value);
  if (type !== "Float64" || !/^-?\d+$/.test(text)) return null;
  const number = Number(text);
  if (!Number.isFinite(number) || BigInt(number) === BigInt(text)) return null;
  return { path, before: "Float64", found: widenType("Null", value) ?? "Null", text, inOneList: false };
}

function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | null): Found | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}
