import type { ExactJson } from "../../json/exact-json.ts";
import { isExactObject } from "../../json/exact-json.ts";
import type { JsonPath } from "../../json/json-pointer.ts";

/**
 * A prediction without its key or index: what is published. What is left of a list of two values is the other value; `isRecord`: so it is of an object
 * whose members are the cells of a record.
 */
export function withoutKey(prediction: ExactJson, at: JsonPath, isRecord: boolean): ExactJson {
  const left = without(prediction, at);
  if (at.length !== 1) return left;
  if (Array.isArray(left) || (isRecord && isExactObject(left))) {
    const values: readonly ExactJson[] = Object.values(left);
    return values.length === 1 ? (values[0] as ExactJson) : left;
  }
  return left;
}

function without(value: ExactJson, [name, ...rest]: JsonPath): ExactJson {
  if (name === undefined) return value;
  if (Array.isArray(value)) {
    const elements: readonly ExactJson[] = value;
    const index = Number(name);
    return rest.length === 0
      ? elements.filter((_, at) => at !== index)
      : elements.map((each, at) => (at === index ? without(each, rest) : each));
  }
  if (!isExactObject(value)) return value;
  // Not by assignment: a member may be called __proto__.
  const members = Object.entries(value).flatMap(([member, inner]): [string, ExactJson][] => {
    if (member !== name) return [[member, inner]];
    return rest.length === 0 ? [] : [[member, without(inner, rest)]];
  });
  return Object.fromEntries(members);
}
