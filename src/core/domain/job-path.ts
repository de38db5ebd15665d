/** Where something is in a job: `["source", "tables", "flights"]`. */
export type JobPath = readonly (string | number)[];

/** The dotted spelling of messages and `--set`. */
export function dotted(path: JobPath): string {
  return path.join(".");
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: JobPath): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

/** Whether the value is an object with keys: not a list, not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy in which every text has been replaced by what `replace` makes of it. */
export function mapTexts(
  value: unknown,
  replace: (text: string, path: JobPath) => unknown,
  path: JobPath = [],
): unknown {
  if (typeof value === "string") return replace(value, path);
  if (Array.isArray(value)) return value.map((item, index) => mapTexts(item, replace, [...path, index]));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, replace, [...path, key])]));
}
