/** An integer literal that may exceed 2^53, in the place of a value. A match inside a string only costs time. */
const LONG_INTEGER = /[[,:]\s*-?\d{16,}\s*[\],}]|^\s*-?\d{16,}\s*$/;
const INTEGER = /^-?\d+$/;

type SourceReviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;

/**
 * Parses JSON without losing digits: an integer that a double cannot hold becomes a `bigint`. Texts without one, which are nearly all,
 * are parsed at full speed.
 */
export function parseJsonExact(text: string): unknown {
  if (!LONG_INTEGER.test(text)) return JSON.parse(text);
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === "number" && !Number.isSafeInteger(value) && source !== undefined && INTEGER.test(source)
      ? BigInt(source)
      : value,
  );
}
