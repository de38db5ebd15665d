import { ServiceError, validationError } from "../service-error.ts";

/**
 * Reads one value of a request. A broken constraint is added to `problems` in the words of the service, so that one answer names all of them; a
 * wrong type throws a `SerializationException`, as in the service.
 */
export type Shape<Value> = {
  read(value: unknown, at: string, problems: string[]): Value;
};

export type ValueOf<Of> = Of extends Shape<infer Value> ? Value : never;

/** Reads a whole request, or throws `ValidationException: 2 validation errors detected: …`. */
export function readInput<Value>(shape: Shape<Value>, input: unknown): Value {
  const problems: string[] = [];
  const value = shape.read(input, "", problems);
  if (problems.length === 0) return value;
  const errors = problems.length === 1 ? "1 validation error" : `${problems.length} validation errors`;
  throw validationError(`${errors} detected: ${problems.join("; ")}`);
}

/** `Value '…' at 'modelName' failed to satisfy constraint: Member must …`. */
export function broken(value: unknown, at: string, constraint: string): string {
  const shown = value === null || value === undefined ? "null" : `'${spell(value)}'`;
  return `Value ${shown} at '${at}' failed to satisfy constraint: ${constraint}`;
}

/** `NUMBER_VALUE can not be converted to a String`. */
export function wrongType(value: unknown, wanted: string): ServiceError {
  const found = value === null ? "NULL" : Array.isArray(value) ? "LIST" : typeof value === "object" ? "STRUCTURE" : "";
  const name = `${found === "" ? typeof value : found}_VALUE`.toUpperCase();
  return new ServiceError("SerializationException", `${name} can not be converted to ${wanted}`);
}

/** As the service prints lists and objects: `[a, b]`, `{a=1}`. */
function spell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spell).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${key}=${spell(member)}`)
    .join(", ")}}`;
}
