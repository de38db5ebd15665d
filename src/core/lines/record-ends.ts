import { leavesQuoteOpen } from "../protocols/csv-records.ts";
import { withoutByteOrderMark } from "./byte-order-mark.ts";
import { withoutLineEnd } from "./line-cutter.ts";

const QUOTE = 0x22;

/** Finds the ends of CSV records, of which one may be several lines: a line break in quotes belongs to its cell. */
export type RecordEnds = {
  /** Whether a record ends with this line, which follows the one of the call before. */
  add(line: Buffer): boolean;
  /** Whether a quote is still open. */
  isOpen(): boolean;
};

/** A line that is JSON is a record by itself: its quotes do not follow the rules of CSV, and servers answer CSV in JSON. */
export function createRecordEnds(): RecordEnds {
  let open = false;
  return {
    add(line) {
      if (!open && !line.includes(QUOTE)) return true;
      const text = withoutByteOrderMark(withoutLineEnd(line)).toString("utf8");
      open = !(!open && isJson(text)) && leavesQuoteOpen(text, open);
      return !open;
    },
    isOpen: () => open,
  };
}

function isJson(text: string): boolean {
  if (!/^\s*[{["]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
