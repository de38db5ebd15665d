// Missing from TypeScript's library although every supported Node has it.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object };

/** Deeper values are left to JSON.stringify, which throws for a value that contains itself. */
const MAX_DEPTH = 64;

/**
 * Writes predictions as JSON: `bigint` as a bare number with all its digits, NaN and infinities as null, dates in ISO 8601, typed arrays
 * and sets as lists, maps as objects. Throws a TypeError for a value that contains itself.
 */
export function writeJson(value: unknown): string {
  return isPlainJson(value, 0) ? JSON.stringify(value) : JSON.stringify(value, replaceSpecial);
}

/** Whether JSON.stringify writes the value correctly without a replacer, which makes it several times slower. */
function isPlainJson(value: unknown, depth: number): boolean {
  if (typeof value === "bigint") return false;
  if (typeof value !== "object" || value === null) return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isPlainJson(item, depth + 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value instanceof Date;
  for (const key in value) if (!isPlainJson((value as Record<string, unknown>)[key], depth + 1)) return false;
  return true;
}

function replaceSpecial(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return rawJSON(value.toString());
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<unknown>);
  if (value instanceof Set) return [...value];
  if (value instanceof Map) return Object.fromEntries(value);
  return value;
}
