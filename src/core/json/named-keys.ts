/** Most keys that a message lists. */
const MOST = 10;

/** The keys of an object for a message: `"a", "b" and 3 more`. */
export function namedKeys(object: object): string {
  const keys = Object.keys(object);
  const shown = keys
    .slice(0, MOST)
    .map((key) => JSON.stringify(key))
    .join(", ");
  if (keys.length === 0) return "(none)";
  return keys.length > MOST ? `${shown} and ${keys.length - MOST} more` : shown;
}
