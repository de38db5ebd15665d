import type { ColumnType } from "../../domain/types/column-type.ts";
import type { CellReading } from "../../protocols/csv-cell.ts";

/** How a column of CSV responses is to be read, by the evidence of all of its cells. */
export type CsvColumn = {
  readonly readAs: "text" | "number" | "boolean" | "nothing";
  /**
   * The type as which each value could be read as well: cells that are written back from their values can be text, and text that looks like numbers
   * can be numbers. It decides if the cells of another shard cannot be of the first type.
   */
  readonly alternative: ColumnType | null;
};

/**
 * Numbers and booleans are read only if every cell is one. Text keeps each cell as it is written. Whole numbers with bare exponents
 * (`12E5`) are numbers only among numbers with a fraction, a sign or a point: by themselves they may be codes.
 */
export function decideCsvColumn(cells: Iterable<CellReading>): CsvColumn {
  const seen = new Set<CellReading["kind"]>();
  for (const { kind } of cells) seen.add(kind);
  const isNumeric = ["whole", "number", "code", "not_finite"].some((kind) => seen.has(kind as CellReading["kind"]));
  if (seen.has("text") || (seen.has("boolean") && (isNumeric || seen.has("marker")))) return AS_TEXT;
  if (seen.has("boolean")) return { readAs: "boolean", alternative: "String" };
  if (!isNumeric) return seen.has("marker") ? { readAs: "text", alternative: "Null" } : NOTHING;
  if (seen.has("code") && !seen.has("number") && !seen.has("not_finite")) {
    return { readAs: "text", alternative: "Float64" };
  }
  const isWritable = ["number", "code", "not_finite", "marker"].every((kind) => !seen.has(kind as CellReading["kind"]));
  return { readAs: "number", alternative: isWritable ? "String" : null };
}

const AS_TEXT: CsvColumn = { readAs: "text", alternative: null };
const NOTHING: CsvColumn = { readAs: "nothing", alternative: null };
