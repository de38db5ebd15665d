/**
 * JSON that keeps every digit: numbers are held as the text that was read (`JSON.rawJSON`), so that an int64 beyond 2^53 or a float's spelling
 * goes through parse and stringify unchanged. Slower than JSON.parse; for answers that need a look at single rows.
 */
export type ExactJson = null | boolean | string | ExactNumber | readonly ExactJson[] | ExactObject;
export type ExactObject = { readonly [key: string]: ExactJson };

/** A number as it was spelled. */
export type ExactNumber = { readonly rawJSON: string };

type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

// Not yet in TypeScript's library: https://github.com/tc39/proposal-json-parse-with-source, in V8 since 11.4.
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => ExactJson;
const rawJson = (JSON as unknown as { rawJSON(text: string): ExactNumber }).rawJSON;

/** Throws SyntaxError for what is not JSON; bare `NaN` and `Infinity` are not. */
export function parseExact(text: string): ExactJson {
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined ? rawJson(source) : value,
  );
}

export function stringifyExact(value: ExactJson): string {
  return JSON.stringify(value);
}

/** An object with keys of its own: not null, not a list, not a number. */
export function isExactObject(value: ExactJson): value is ExactObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isRawJson(value);
}

/** A member of an object; undefined if the value is no object or has no such key. */
export function exactField(value: ExactJson, key: string): ExactJson | undefined {
  if (!isExactObject(value)) return undefined;
  const object: ExactObject = value;
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

const isRawJson = (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON;
