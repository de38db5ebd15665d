/** A string, which is skipped, or what Python's json prints for a number that JSON does not have. */
const STRING_OR_NON_FINITE = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs;

/** The first `NaN`, `Infinity` or `-Infinity` outside strings. */
export function bareNonFinite(text: Buffer): string | undefined {
  for (const [token] of text.toString("utf8").matchAll(STRING_OR_NON_FINITE)) if (!token.startsWith('"')) return token;
  return undefined;
}

/** The same text with each of them replaced by `null`, and no other byte changed. */
export function withoutNonFinite(text: Buffer): Buffer {
  // Most answers do not have these words, not even in a string.
  if (!text.includes("NaN") && !text.includes("Infinity")) return text;
  return Buffer.from(
    text.toString("utf8").replace(STRING_OR_NON_FINITE, (token) => (token.startsWith('"') ? token : "null")),
  );
}
