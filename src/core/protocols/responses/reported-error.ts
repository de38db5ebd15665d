import type { JsonPath } from "../../json/json-pointer.ts";

/** Values of `error` and `errors` with which servers say that there was none. */
const NO_ERROR: readonly unknown[] = [null, undefined, false, 0, ""];

/**
 * The error that a response reports next to its predictions: a top-level `error` or `errors` that is not empty, or `"success": false`; undefined if
 * it says nothing. Predictions that come with an error are not predictions, whatever the status. `path` leads to the predictions.
 */
export function reportedError(response: unknown, path: JsonPath): unknown {
  if (typeof response !== "object" || response === null || Array.isArray(response) || path.length === 0)
    return undefined;
  const members = response as Readonly<Record<string, unknown>>;
  const of = (name: string): unknown => (Object.hasOwn(members, name) && path[0] !== name ? members[name] : undefined);
  for (const name of ["error", "errors"]) {
    const value = of(name);
    if (!NO_ERROR.includes(value) && !isEmpty(value)) return value;
  }
  if (of("success") !== false) return undefined;
  return ["message", "detail"].map(of).find((text) => typeof text === "string" && text !== "") ?? '"success": false';
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
