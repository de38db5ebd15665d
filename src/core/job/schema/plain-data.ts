import type { JobPath } from "../../domain/job-path.ts";
import { isRecord } from "../../domain/job-path.ts";
import type { JobProblem } from "../read/job-problem.ts";

/**
 * A job is data that a file could hold, because it is stored with each run. Anything else that a program, or a YAML alias that contains itself,
 * put in is found here.
 */
export function findForeignData(
  value: unknown,
  path: JobPath = [],
  around: readonly object[] = [],
): readonly JobProblem[] {
  if (typeof value !== "object" || value === null) {
    return ["function", "symbol", "bigint"].includes(typeof value) ? [foreign(path, `a ${typeof value}`)] : [];
  }
  if (around.includes(value)) return [foreign(path, "an object that contains itself")];
  if (!Array.isArray(value) && !isPlainObject(value))
    return [foreign(path, `a ${value.constructor?.name ?? "special"} object`)];
  const children: readonly [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return children.flatMap(([key, child]) => findForeignData(child, [...path, key], [...around, value]));
}

/** Also if the object comes from another realm, such as a worker's or a test runner's. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (isRecord(prototype) && Object.getPrototypeOf(prototype) === null);
}

function foreign(path: JobPath, found: string): JobProblem {
  const expected = "expected plain data (text, numbers, true or false, lists, objects)";
  return { path, at: "value", message: `${expected}, found ${found}` };
}
