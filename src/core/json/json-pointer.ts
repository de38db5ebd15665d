import type { ExactJson } from "./exact-json.ts";
import { exactField } from "./exact-json.ts";

/** The names on the way of a JSON pointer (RFC 6901), from the outermost; empty is the whole document. */
export type JsonPath = readonly string[];

const INDEX = /^(?:0|[1-9]\d*)$/;

/** `/a/b~1c` as `["a", "b/c"]`; null if it is not a JSON pointer. */
export function parsePointer(pointer: string): JsonPath | null {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split("/")
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The pointer as a person would write it; the whole document is `""`. */
export function pointerText(path: JsonPath): string {
  const text = path.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return text === "" ? '""' : text;
}

/** The index in a list that a name is, or null: `01` and `-` are not indexes. */
export function indexOf(name: string): number | null {
  return INDEX.test(name) ? Number(name) : null;
}

/** The value at a path; undefined if there is none. */
export function exactAt(value: ExactJson, path: JsonPath): ExactJson | undefined {
  let at: ExactJson | undefined = value;
  for (const name of path) {
    if (at === undefined) return undefined;
    const index: number | null = Array.isArray(at) ? indexOf(name) : null;
    at = Array.isArray(at) ? (index === null ? undefined : (at[index] as ExactJson | undefined)) : exactField(at, name);
  }
  return at;
}

/** The same of what `JSON.parse` made. */
export function valueAtPath(value: unknown, path: JsonPath): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null) return undefined;
    if (Array.isArray(at) ? indexOf(name) === null : !Object.hasOwn(at, name)) return undefined;
    at = Reflect.get(at, name);
  }
  return at;
}
