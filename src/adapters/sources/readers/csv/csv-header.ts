/** Two names of a header that SQL cannot tell apart, because it ignores case; undefined where there are none. */
export function repeatedName(
  header: string,
  delimiter: string | undefined,
): { readonly first: string; readonly second: string } | undefined {
  const seen = new Map<string, string>();
  for (const name of headerNames(header, delimiter)) {
    const first = seen.get(name.toLowerCase());
    if (first !== undefined) return { first, second: name };
    // Columns without a name get numbers.
    if (name !== "") seen.set(name.toLowerCase(), name);
  }
  return undefined;
}

function headerNames(header: string, delimiter: string | undefined): string[] {
  const fields = [""];
  for (const [token] of header.replace(/^\uFEFF/, "").matchAll(/"(?:[^"]|"")*"|[\s\S]/g)) {
    if (token === delimiter) fields.push("");
    else fields[fields.length - 1] += token;
  }
  return fields.map(unquote);
}

function unquote(field: string): string {
  return field.length > 1 && /^".*"$/s.test(field) ? field.slice(1, -1).replaceAll('""', '"') : field;
}
