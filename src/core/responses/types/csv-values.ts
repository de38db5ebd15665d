import type { ColumnType } from "../../domain/types/column-type.ts";
import type { ExactJson } from "../../json/exact-json.ts";
import { parseExact } from "../../json/exact-json.ts";
import type { CellReading } from "../../protocols/csv-cell.ts";
import { readCell } from "../../protocols/csv-cell.ts";
import type { CsvCell } from "../../protocols/csv-records.ts";
import { csvCellJson } from "../../protocols/responses/csv-answer.ts";
import type { RowCause } from "../../protocols/responses/error-object.ts";
import type { RowResponse } from "../read/row-responses.ts";
import type { CsvColumn } from "./csv-column.ts";
import { decideCsvColumn } from "./csv-column.ts";
import { findUnreadable } from "./json-type.ts";

export type CsvValues = {
  /** The same responses, with values in the place of cells. */
  readonly responses: readonly RowResponse[];
  /** By column, see `CsvColumn`. */
  readonly alternatives: readonly (ColumnType | null)[];
};

/**
 * The values of a shard's CSV responses. A record of one cell is its value, one of several an object of `p0`, `p1`, …, because cells may be of several
 * types. Records among JSON objects or lists are read cell by cell. `keyCell`: place of a cell that is not a prediction.
 */
export function csvValues(responses: readonly RowResponse[], keyCell: number | null): CsvValues {
  const isMixed = responses.some(({ cells, cause }) => cells === null && cause === null);
  if (isMixed) return { responses: responses.map(cellByCell), alternatives: [] };
  const readings = responses.map(({ cells }) => cells?.map(readCell) ?? []);
  const width = readings.reduce((most, { length }) => Math.max(most, length), 0);
  const columns = Array.from({ length: width }, (_, at) =>
    decideCsvColumn(readings.flatMap((cells) => cells[at] ?? [])),
  );
  const read = responses.map((response, row): RowResponse => {
    const { cells } = response;
    return cells === null ? response : recordValue(cells, readings[row] as readonly CellReading[], columns, keyCell);
  });
  const left = columns.filter((_, at) => at !== keyCell);
  return { responses: read, alternatives: left.map(({ alternative }) => alternative) };
}

function recordValue(
  cells: readonly CsvCell[],
  readings: readonly CellReading[],
  columns: readonly CsvColumn[],
  keyCell: number | null,
): RowResponse {
  const values: [string, ExactJson][] = [];
  for (const [at, cell] of cells.entries()) {
    if (at === keyCell) continue;
    const reading = readings[at] as CellReading;
    const { readAs } = columns[at] as CsvColumn;
    const value = readAs === "text" ? textValue(cell, reading) : parseExact(reading.json);
    const cause = readAs === "text" ? null : unreadable(cell, reading, value);
    if (cause !== null) return { value: null, cells: null, cause };
    values.push([`p${at}`, value]);
  }
  return { value: recordOf(values), cells: null, cause: null };
}

/** A cell as it is written; a cell with nothing in it is null. */
function textValue({ text }: CsvCell, { kind }: CellReading): string | null {
  return kind === "blank" ? null : text;
}

function unreadable(cell: CsvCell, { kind }: CellReading, value: ExactJson): RowCause | null {
  if (kind === "not_finite") return notFiniteCause(cell.text.trim());
  const found = findUnreadable(value);
  return found === null
    ? null
    : { code: "RESPONSE_INVALID", message: `The prediction holds ${found}. Correct the model's output.`, attempts: 1 };
}

function notFiniteCause(found: string): RowCause {
  const fix = "let the model answer nothing or a finite number, or set `non_finite: as_null`";
  return { code: "RESPONSE_INVALID", message: `The prediction is ${found}: ${fix}.`, attempts: 1 };
}

function cellByCell(response: RowResponse): RowResponse {
  const { cells } = response;
  if (cells === null) return response;
  const values = cells.map((cell, at): [string, ExactJson] => [`p${at}`, parseExact(csvCellJson(cell))]);
  return { value: recordOf(values), cells: null, cause: null };
}

function recordOf(values: readonly [string, ExactJson][]): ExactJson {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only[1] : Object.fromEntries(values);
}
