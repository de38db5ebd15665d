import type { ExactJson } from "../../../core/json/exact-json.ts";
import { exactField, isExactObject } from "../../../core/json/exact-json.ts";
import { seeLogs } from "../transform/job-failure.ts";

/** A filter of DataProcessing, read. */
export type JsonPath = { readonly text: string; readonly steps: readonly Step[] };

type Step =
  | { readonly kind: "every" }
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "indexes"; readonly indexes: readonly number[] }
  /** Both ends belong to it (developer guide: `$[1:4]` is the second to the fifth column). */
  | { readonly kind: "range"; readonly start: number; readonly end: number };

const STEP = /^(?:\.([^.[\]*',:\s]+)|\.?(\*)|\.?\[\s*([^\]]*?)\s*\])/;
const NAMES = /^'[^']*'(?:\s*,\s*'[^']*')*$/;
const INDEXES = /^-?\d+(?:\s*,\s*-?\d+)*$/;
const RANGE = /^(-?\d+)?\s*:\s*(-?\d+)?$/;

/** Reads the subset of JSONPath that the service knows. Throws a `JobFailure`, because the service, too, reads it only when the job runs. */
export function parseJsonPath(text: string): JsonPath {
  const steps: Step[] = [];
  let rest = text.startsWith("$") ? text.slice(1) : fail(text, "it has to begin with $");
  while (rest !== "") {
    const [whole = "", name, star, inside] = STEP.exec(rest) ?? fail(text, `"${rest}" is not supported`);
    if (steps.at(-1)?.kind === "names" && (steps.at(-1) as { names: readonly string[] }).names.length > 1) {
      fail(text, "nothing may follow several names");
    }
    steps.push(readStep(text, name, star, inside ?? ""));
    rest = rest.slice(whole.length);
  }
  return { text, steps };
}

function readStep(text: string, name: string | undefined, star: string | undefined, inside: string): Step {
  if (name !== undefined) return { kind: "names", names: [name] };
  if (star !== undefined || inside === "*") return { kind: "every" };
  if (NAMES.test(inside)) return { kind: "names", names: inside.split(",").map((each) => each.trim().slice(1, -1)) };
  if (INDEXES.test(inside)) return { kind: "indexes", indexes: inside.split(",").map(Number) };
  const range = RANGE.exec(inside);
  if (range !== null) return { kind: "range", start: Number(range[1] ?? 0), end: Number(range[2] ?? -1) };
  const single = "only single range filters of format (eg: [1:5]) are supported.";
  return fail(
    text,
    inside.includes(":") ? `${single} Format [${inside}] is not supported` : `[${inside}] is not supported`,
  );
}

/** What the path selects. Throws a `JobFailure` if a part of the path is missing in the value. */
export function select(value: ExactJson, { steps, text }: JsonPath): ExactJson {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  const then = (found: ExactJson): ExactJson => select(found, { text, steps: rest });
  switch (step.kind) {
    case "every":
      return membersOf(value, text).map(then);
    case "names":
      return selectNames(value, step.names, text, then);
    case "indexes": {
      const found = step.indexes.map((index) => then(elementAt(value, index, text)));
      return found.length === 1 ? (found[0] as ExactJson) : found;
    }
    case "range": {
      const list = listOf(value, text);
      if (list.length === 0 && step.start === 0) return [];
      const [start, end] = [placeOf(list, step.start, text), placeOf(list, step.end, text)];
      return list.slice(start, end + 1).map(then);
    }
  }
}

function selectNames(
  value: ExactJson,
  names: readonly string[],
  text: string,
  then: (found: ExactJson) => ExactJson,
): ExactJson {
  const found = names.map((name) => {
    const member = exactField(value, name);
    return [name, member === undefined ? fail(text, `there is no '${name}'`) : member] as const;
  });
  return found.length === 1 ? then(found[0]?.[1] as ExactJson) : Object.fromEntries(found);
}

function membersOf(value: ExactJson, text: string): readonly ExactJson[] {
  if (Array.isArray(value)) return value;
  return isExactObject(value) ? Object.values(value) : fail(text, "* needs a list or an object");
}

function elementAt(value: ExactJson, index: number, text: string): ExactJson {
  const list = listOf(value, text);
  return list[placeOf(list, index, text)] as ExactJson;
}

/** -1 is the last one. */
function placeOf(list: readonly ExactJson[], index: number, text: string): number {
  const place = index < 0 ? list.length + index : index;
  return place >= 0 && place < list.length ? place : fail(text, `there is no index ${index} among ${list.length}`);
}

function listOf(value: ExactJson, text: string): readonly ExactJson[] {
  return Array.isArray(value) ? value : fail(text, "an index needs a list");
}

function fail(text: string, reason: string): never {
  throw seeLogs("ClientError", [`Invalid JsonPath: ${text}: ${reason}`]);
}
