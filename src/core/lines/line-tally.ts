import type { LineCounts } from "./answer-lines.ts";

/** Counts lines, and what shows which of them are answers. */
export type LineTally = {
  add(isEmpty: boolean): void;
  /** `ended`: whether the last line has a line break. */
  counts(ended: boolean): LineCounts;
};

export function createLineTally(): LineTally {
  let [lines, blank] = [0, 0];
  let [alternating, alone] = [true, true];
  // As if a blank line were before the first.
  let blankLast = true;
  return {
    add(isEmpty) {
      lines += 1;
      if (isEmpty) blank += 1;
      if (lines % 2 === 0) alternating &&= isEmpty;
      alone &&= !(isEmpty && blankLast);
      blankLast = isEmpty;
    },
    counts: (ended) => ({
      lines,
      blank,
      alternating,
      closing: alone && blankLast,
      blankLast: lines > 0 && blankLast,
      ended,
    }),
  };
}
