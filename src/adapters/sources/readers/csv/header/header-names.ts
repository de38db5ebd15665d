import type { HeadRecord } from "../layout/csv-head.ts";

/** The names of a header; a column without one is called by its number. */
export function headerNames(header: HeadRecord): string[] {
  const names = header.cells.map(({ text, isQuoted }) => (isQuoted ? text : text.trim()));
  const taken = new Set(names.map((name) => name.toLowerCase()));
  return names.map((name, index) => {
    if (name !== "") return name;
    let given = `column${index}`;
    while (taken.has(given)) given += "_";
    taken.add(given);
    return given;
  });
}

/** The names of columns without a header, as DuckDB gives them: `column0`, or `column00` if there are more than ten. */
export function numberedNames(count: number): string[] {
  const width = String(count - 1).length;
  return Array.from({ length: count }, (_, index) => `column${String(index).padStart(width, "0")}`);
}

/** Two names that SQL cannot distinguish, because it ignores case; undefined if there are none. */
export function repeatedName(
  names: readonly string[],
): { readonly first: string; readonly second: string } | undefined {
  const seen = new Map<string, string>();
  for (const name of names) {
    const first = seen.get(name.toLowerCase());
    if (first !== undefined) return { first, second: name };
    seen.set(name.toLowerCase(), name);
  }
  return undefined;
}

/** How the names of a file differ from those of the first one, as a clause; undefined if they are the same in any order. */
export function differenceOfNames(names: readonly string[], expected: readonly string[]): string | undefined {
  const own = new Set(names);
  const wanted = new Set(expected);
  const missing = expected.filter((name) => !own.has(name));
  const surplus = names.filter((name) => !wanted.has(name));
  if (missing.length === 0 && surplus.length === 0) return undefined;
  const clauses = [
    missing.length === 0 ? "" : `without ${listNames(missing)}`,
    surplus.length === 0 ? "" : `with ${listNames(surplus)} in addition`,
  ];
  return clauses.filter((clause) => clause !== "").join(" and ");
}

export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `"${name}"`);
  const more = names.length - shown.length;
  return more === 0 ? shown.join(", ") : `${shown.join(", ")} and ${more} more`;
}
