import { nearest } from "./nearest.ts";

/** The end of a message about a name that is not known; empty if none is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const found = nearest(name, known);
  return found === undefined ? "" : ` Did you mean ${found}?`;
}
