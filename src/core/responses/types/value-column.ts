import type { ColumnType } from "../../domain/types/column-type.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { ExactJson } from "../../json/exact-json.ts";
import { parseExact, stringifyExact } from "../../json/exact-json.ts";
import { pl } from "../../polars/polars.ts";
import type { Conflict } from "./conflict.ts";
import { findRounded } from "./conflict.ts";
import type { DecodedColumn } from "./decode-json-column.ts";
import { decodeJsonColumn } from "./decode-json-column.ts";
import { widenType } from "./json-type.ts";

/** A column that is built value by value, its type growing with them. */
export type ValueColumn = {
  readonly length: number;
  /** The type of the values so far. */
  readonly type: ColumnType;
  /** False, with nothing added, if the value has no type in common with those before. */
  add(value: ExactJson): boolean;
  /** The first whole number that the type, being a double, would round: the number of its value, and where in it. */
  rounded(): { readonly row: number; readonly conflict: Conflict } | null;
  decode(): DecodedColumn;
};

/** A whole number that a double may not hold. */
const LONG_WHOLE = /(?:^|[[,:])-?\d{16,}(?:[,\]}]|$)/;

export function createValueColumn(): ValueColumn {
  const texts: string[] = [];
  let type: ColumnType = "Null";
  return {
    get length() {
      return texts.length;
    },
    get type() {
      return type;
    },
    add(value) {
      const widened = widenType(type, value);
      if (widened === null) return false;
      type = widened;
      texts.push(stringifyExact(value));
      return true;
    },
    rounded() {
      for (const [row, text] of texts.entries()) {
        const conflict = LONG_WHOLE.test(text) ? findRounded(type, parseExact(text)) : null;
        if (conflict !== null) return { row, conflict };
      }
      return null;
    },
    decode() {
      const decoded = decodeJsonColumn(pl.DataFrame([pl.Series("text", texts, pl.Utf8)]), type);
      if (decoded !== null) return decoded;
      throw new ScoreframeError(
        "INTERNAL",
        `${texts.length} JSON values could not be read as ${JSON.stringify(type)}.`,
      );
    },
  };
}
