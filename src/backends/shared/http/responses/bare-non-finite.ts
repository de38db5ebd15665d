/** A string, which is passed over, or what Python's json prints for a number that JSON does not have. */
const STRING_OR_NON_FINITE = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs;

/** The first `NaN`, `Infinity` or `-Infinity` outside strings. */
export function bareNonFinite(text: Buffer): string | undefined {
  for (const [token] of text.toString("utf8").matchAll(STRING_OR_NON_FINITE)) if (!token.startsWith('"')) return token;
  return undefined;
}

/** The same text with `null` in the place of each of them, and not a byte else changed. */
export function withoutNonFinite(text: Buffer): Buffer {
  // Most answers have neither word, be it in a string.
  if (!text.includes("NaN") && !text.includes("Infinity")) return text;
  return Buffer.from(
    text.toString("utf8").replace(STRING_OR_NON_FINITE, (token) => (token.startsWith('"') ? token : "null")),
  );
}
