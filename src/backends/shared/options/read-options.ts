import type { z } from "zod";
import { isRecord, valueAt } from "../../../core/domain/job-path.ts";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { JsonSchema } from "../../../core/job/schema/job-json-schema.ts";
import { nearest } from "../../../core/util/nearest.ts";
import { optionsJsonSchema } from "./options-json-schema.ts";

/**
 * Checks a job's `backend` object against the schema of the backend's options, and fills in the defaults. A key without a value (null, in YAML)
 * counts as left out. Throws BACKEND_OPTIONS_INVALID, which names `backend.<option>` and the fix and never shows a text: it may be a secret.
 */
export function readOptions<Schema extends z.ZodObject>(
  backend: string,
  schema: Schema,
  input: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  const known = Object.keys(schema.shape);
  for (const name of Object.keys(input)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const hint = meant === undefined ? `Known options: ${known.join(", ")}.` : `Did you mean \`${meant}\`?`;
    throw invalidOption(backend, name, `is not an option of the backend "${backend}". ${hint}`);
  }
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).map(String);
  throw invalidOption(backend, path.join("."), complaint(issue, valueAt(given, path), optionsJsonSchema(schema)));
}

/** A complaint about one option; the sentence goes on after its name. */
function invalidOption(backend: string, name: string, complaint: string): ScoreframeError {
  return new ScoreframeError("BACKEND_OPTIONS_INVALID", `backend.${name} ${complaint}`, {
    backend,
    option: `backend.${name}`,
  });
}

function complaint(issue: z.core.$ZodIssue | undefined, found: unknown, options: JsonSchema): string {
  if (issue === undefined) return "is not valid.";
  if (found === undefined) return issue.message;
  if (issue.code === "custom" || issue.code === "invalid_format") return issue.message;
  const [name, ...inner] = issue.path.map(String);
  if (issue.code === "unrecognized_keys")
    return unknownKey(issue.keys[0] ?? "", options.properties?.[name ?? ""] ?? {});
  // What is inside of an option may be a secret, also a number.
  if (inner.length > 0) return `must be text, not ${kindOf(found)}: put it in quotes.`;
  const shown = typeof found === "number" || typeof found === "boolean" ? String(found) : kindOf(found);
  return `must be ${expectation(options.properties?.[name ?? ""] ?? {})}, not ${shown}.`;
}

function unknownKey(key: string, { properties = {} }: JsonSchema): string {
  const known = Object.keys(properties);
  const meant = nearest(key, known);
  const hint = meant === undefined ? `Known keys: ${known.join(", ")}.` : `Did you mean \`${meant}\`?`;
  return `has no key ${JSON.stringify(key)}. ${hint}`;
}

function expectation({ enum: choices, type, minimum, maximum, items, anyOf, properties }: JsonSchema): string {
  if (anyOf !== undefined) return anyOf.map(expectation).join(" or ");
  if (choices !== undefined) return `one of ${choices.join(", ")}`;
  switch (type) {
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "integer":
      return range("a whole number", minimum, maximum);
    case "number":
      return range("a number", minimum, maximum);
    default:
      if (properties !== undefined) return `an object with ${Object.keys(properties).join(", ")}`;
      return items === undefined ? "an object of texts" : "a list of texts";
  }
}

function range(kind: string, min: number | undefined, max: number | undefined): string {
  if (min === undefined && max === undefined) return kind;
  const isBounded = max !== undefined && max !== Number.MAX_SAFE_INTEGER;
  return isBounded ? `${kind} from ${min} to ${max}` : `${kind} of at least ${min}`;
}

function kindOf(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return `a ${typeof value}`;
  if (Array.isArray(value)) return "a list";
  if (isRecord(value)) return "an object";
  if (value === null) return "null";
  return value === "" ? "empty text" : "this text";
}
