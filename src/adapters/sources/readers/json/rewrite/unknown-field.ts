import { closest } from "fastest-levenshtein";
import type { JsonCursor } from "../bytes/json-cursor.ts";
import type { JsonNode } from "../survey/json-survey.ts";
import { pathOf } from "../survey/json-survey.ts";

/** An object has a key that its declared STRUCT has not, and whose value would be lost. */
export function unknownField(cursor: JsonCursor, node: JsonNode, name: string): Error {
  const nearest = closest(name, [...node.fields.keys()]);
  return cursor.problem(
    `"${pathOf(node)}" has the key "${name}", which the STRUCT that \`types\` declares has not; the nearest is "${nearest}". Add it to the type, or declare JSON`,
    cursor.line,
  );
}
