import type { z } from "zod";
import type { JobPath } from "../../domain/job-path.ts";
import { dotted, isRecord, valueAt } from "../../domain/job-path.ts";
import { nearest } from "../../util/nearest.ts";
import { isWholeNumberAt, kindsWithKey, knownKeys, namedPaths } from "../schema/schema-lookup.ts";
import { mentionsEnvironment } from "./fill-templates.ts";
import type { JobProblem } from "./job-problem.ts";

type Issue = z.core.$ZodIssue;

/**
 * What zod found, in words for the author of a job. `shown` is the job before environment variables were put in: values are quoted from
 * it, so that no message prints what an environment variable holds.
 */
export function describeIssues(issues: readonly Issue[], shown: unknown): readonly JobProblem[] {
  return issues.flatMap((issue) => describeIssue(issue, issue.path as JobPath, shown));
}

function describeIssue(issue: Issue, path: JobPath, shown: unknown): readonly JobProblem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, shown));
  if (issue.code === "invalid_union") return describeUnion(issue, path, shown);
  const found = valueAt(shown, path);
  if (issue.code !== "invalid_type") return [{ path, at: "value", message: messageFor(issue, found) }];
  const expected = isWholeNumberAt(path) ? "int" : issue.expected;
  const message = found === undefined ? `is missing; expected ${expectedType(expected)}` : wrongType(expected, found);
  return [{ path, at: "value", message }];
}

function messageFor(issue: Issue, found: unknown): string {
  switch (issue.code) {
    case "invalid_value":
      return oneOf(issue.values.map(String), found);
    case "too_small":
      return tooSmall(issue, found);
    case "too_big":
      return `expected at most ${issue.maximum}, found ${foundText(found)}`;
    case "invalid_key":
      return "a name must not be empty";
    case "custom":
      return mentionsEnvironment(JSON.stringify(found)) ? "is not valid; it comes from the environment" : issue.message;
    default:
      return `${issue.message}; found ${foundText(found)}`;
  }
}

function wrongType(expected: string, found: unknown): string {
  return `expected ${expectedType(expected)}, found ${foundText(found)}${typeHint(expected, found)}`;
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion, path: JobPath, shown: unknown): readonly JobProblem[] {
  const found = valueAt(shown, path);
  if (issue.discriminator !== undefined) {
    const kinds = (issue as { options?: readonly unknown[] }).options?.map(String) ?? [];
    const missing = `is missing; expected one of ${kinds.join(", ")}`;
    return [{ path, at: "value", message: found === undefined ? missing : oneOf(kinds, found) }];
  }
  // An object is compared with the member of the union that is an object, another value with the member of its type.
  const judged = isRecord(found) ? issue.errors.at(-1) : issue.errors.find(([first]) => first?.code !== "invalid_type");
  const isOfItsType = judged?.some(({ code }) => code !== "invalid_type" && code !== "invalid_value");
  if (judged !== undefined && (isRecord(found) || isOfItsType)) {
    return judged.flatMap((inner) => describeIssue(inner, [...path, ...(inner.path as JobPath)], shown));
  }
  const expected = issue.errors.map(([first]) => memberOf(first, path)).join(" or ");
  return [{ path, at: "value", message: `expected ${expected}, found ${foundText(found)}` }];
}

/** What a member of a union accepts. A table is a path or an object, and a key a column or an object. */
function memberOf(issue: Issue | undefined, path: JobPath): string {
  if (issue?.code === "invalid_value") return issue.values.map(String).join(", ");
  const isTable = path[0] === "source";
  const isKey = path.at(-1) === "key";
  if (issue?.code !== "invalid_type") return "another value";
  if (isKey && issue.expected === "string") return "a column (a string)";
  if (isKey && issue.expected === "object") return "an object with `column`";
  if (isTable && issue.expected === "string") return "a path (a string)";
  if (isTable && issue.expected === "object") return "an object with `path`";
  return expectedType(issue.expected);
}

function unknownKey(path: JobPath, key: string, shown: unknown): JobProblem {
  const keys = knownKeys(path, shown);
  const near = nearest(key, keys);
  const elsewhere =
    key === "kind"
      ? []
      : namedPaths()
          .filter((other) => other.at(-1) === key)
          .map(dotted);
  const kinds = kindsWithKey(path, key);
  const advice =
    kinds.length > 0
      ? `it belongs to \`kind: ${kinds.join("` or `kind: ")}\``
      : near !== undefined
        ? `did you mean \`${near}\`?`
        : elsewhere.length > 0
          ? `it belongs at \`${elsewhere.join("` or `")}\``
          : `the keys here are ${keys.join(", ")}`;
  return { path: [...path, key], at: "key", message: `unknown key; ${advice}` };
}

function tooSmall(issue: z.core.$ZodIssueTooSmall, found: unknown): string {
  if (issue.origin === "string") return "must not be empty";
  if (issue.origin === "array") return "needs at least one entry; delete the key to use the default";
  const bound = issue.inclusive ? `of at least ${issue.minimum}` : `greater than ${issue.minimum}`;
  return `expected a number ${bound}, found ${foundText(found)}`;
}

function oneOf(values: readonly string[], found: unknown): string {
  const near = typeof found === "string" ? nearest(found, values) : undefined;
  const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
  return `expected one of ${values.join(", ")}, found ${foundText(found)}${hint}`;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object (keys with values)",
  record: "an object (keys with values)",
};

function expectedType(expected: string): string {
  return TYPE_WORDS[expected] ?? expected;
}

function typeHint(expected: string, found: unknown): string {
  if (found === null) return "; give it a value or delete the key";
  if (typeof found === "string") {
    if (expected === "array") return `; write [${found}]`;
    if (expected !== "string" && isPlainValue(found)) return "; remove the quotes";
  }
  return expected === "string" && ["number", "boolean"].includes(typeof found) ? "; put it in quotes" : "";
}

function isPlainValue(text: string): boolean {
  return /^(true|false|-?\d+(\.\d+)?)$/.test(text);
}

/** A value as messages show it, shortened. */
function foundText(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "nothing (null)";
  if (Array.isArray(value)) return "a list";
  if (isRecord(value)) return "an object";
  if (typeof value !== "string") return String(value);
  if (mentionsEnvironment(value)) return `the value of \`${value}\``;
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
}
