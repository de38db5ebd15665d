import { list, required, structure } from "./shapes/containers.ts";
import { text } from "./shapes/scalars.ts";
import type { ValueOf } from "./shapes/shape.ts";

const CHARACTERS = "([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)";

/** Of one resource. */
export const MOST_TAGS = 50;

export const TAG_KEY = text({ min: 1, max: 128, pattern: CHARACTERS });
export const TAG_LIST = list(
  structure({ Key: required(TAG_KEY), Value: required(text({ max: 256, pattern: CHARACTERS })) }),
  { max: MOST_TAGS },
);

export type Tag = ValueOf<typeof TAG_LIST>[number];

/** Each key once, the last value given for it. */
export function mergeTags(former: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  return [...new Map([...former, ...added].map((tag) => [tag.Key, tag])).values()];
}
