import { typeText } from "../../../../domain/types/column-type.ts";
import { ScoreframeError } from "../../../../errors/scoreframe-error.ts";
import type { ExactJson } from "../../../../json/exact-json.ts";
import { exactField, parseExact } from "../../../../json/exact-json.ts";
import { exactAt, pointerText } from "../../../../json/json-pointer.ts";
import type { DataFrame } from "../../../../polars/polars.ts";
import type { BodyShape } from "../../../../protocols/body-shape.ts";
import { parseRecord } from "../../../../protocols/csv-records.ts";
import type { ProtocolId } from "../../../../protocols/protocol.ts";
import type { PredictionPlace } from "../../../../protocols/responses/prediction-place.ts";
import { LINE_ITSELF } from "../../../../protocols/responses/prediction-place.ts";
import { readTensors } from "../../../../protocols/tensors.ts";
import type { Explosion } from "../../../../responses/read/explode-uniform.ts";
import { explodeUniform } from "../../../../responses/read/explode-uniform.ts";
import { findUnreadable, widenType } from "../../../../responses/types/json-type.ts";
import { createValueColumn } from "../../../../responses/types/value-column.ts";

/** Where a request line has its rows: a list, or a line that is the row. */
const ROWS: Readonly<Record<ProtocolId, PredictionPlace>> = {
  instances: { holds: "list", path: ["instances"], bare: false },
  dataframe_split: LINE_ITSELF,
  dataframe_records: { holds: "list", path: ["dataframe_records"], bare: false },
  records: { holds: "list", path: [], bare: false },
  json_lines: LINE_ITSELF,
  csv: LINE_ITSELF,
  open_inference: LINE_ITSELF,
};

/** Protocols whose values are in lists of several types, which no column can hold, or not in JSON. */
const OF_MIXED_LISTS: readonly ProtocolId[] = ["dataframe_split", "csv", "open_inference"];

/**
 * Explodes request lines into one value per row: an object from column to value. Throws `LINE_NOT_JSON` and `ROWS_INVALID`, which name file and
 * line: whose rows are not known cannot be paired.
 */
export function explodeRequests(
  lines: DataFrame,
  protocol: ProtocolId,
  shape: BodyShape | null,
  file: string,
): Explosion {
  const place: PredictionPlace =
    shape === null
      ? ROWS[protocol]
      : { holds: shape.holds === "row" ? "value" : "list", path: shape.path, bare: false };
  const uniform = OF_MIXED_LISTS.includes(protocol) ? null : explodeUniform(lines, place);
  return uniform ?? explodeOneByOne(lines, protocol, place, file);
}

function explodeOneByOne(lines: DataFrame, protocol: ProtocolId, place: PredictionPlace, file: string): Explosion {
  const column = createValueColumn();
  const texts = lines.getColumn("line").toArray() as (string | null)[];
  const counts = texts.map((text, line) => {
    const fail = (code: "LINE_NOT_JSON" | "ROWS_INVALID", complaint: string): ScoreframeError =>
      new ScoreframeError(code, `Request file ${file}, line ${line}: ${complaint}`, { line, operation: "stitch" });
    const rows = readRows(text ?? "", protocol, place, fail);
    for (const row of rows) {
      const unreadable = findUnreadable(row);
      if (unreadable !== null) throw fail("ROWS_INVALID", `a row holds ${unreadable}. Fix the request file.`);
      if (column.add(row)) continue;
      const types = [column.type, widenType("Null", row) ?? column.type].map(typeText);
      throw fail(
        "ROWS_INVALID",
        `a row is ${types[1]}, and those before it are ${types[0]}. Give each column one type.`,
      );
    }
    return rows.length;
  });
  const { values, type } = column.decode();
  return { values, type, counts };
}

type Fail = (code: "LINE_NOT_JSON" | "ROWS_INVALID", complaint: string) => ScoreframeError;

function readRows(text: string, protocol: ProtocolId, place: PredictionPlace, fail: Fail): readonly ExactJson[] {
  if (protocol === "csv") return readRecords(text);
  let request: ExactJson;
  try {
    request = parseExact(text);
  } catch (error) {
    throw fail(
      "LINE_NOT_JSON",
      `it is not JSON (${(error as Error).message}), so its rows are not known. Fix the request file.`,
    );
  }
  if (protocol === "open_inference") return readInputs(exactField(request, "inputs"), fail);
  if (protocol === "dataframe_split") return readSplit(exactField(request, "dataframe_split"), fail);
  const rows = exactAt(request, place.path);
  if (place.holds === "value" && rows !== undefined) return [rows];
  if (place.holds === "list" && Array.isArray(rows)) return rows;
  const [name = ""] = place.path;
  const where = place.path.length === 1 && name === protocol ? `"${name}"` : `at ${pointerText(place.path)}`;
  const list = place.path.length === 0 ? "it is no list of rows" : `it has no list ${where}`;
  const what = place.holds === "value" ? `it has no row at ${pointerText(place.path)}` : list;
  throw fail("ROWS_INVALID", `${what}. Give the protocol of the requests, or fix the file.`);
}

/** Tensors as rows: a column each. */
function readInputs(inputs: ExactJson | undefined, fail: Fail): readonly ExactJson[] {
  if (!Array.isArray(inputs))
    throw fail("ROWS_INVALID", 'it has no list "inputs". Give the protocol of the requests, or fix the file.');
  const tensors = readTensors(inputs);
  if ("complaint" in tensors)
    throw fail("ROWS_INVALID", `its inputs cannot be rows: ${tensors.complaint}. Fix the request file.`);
  const rows = tensors[0]?.rows ?? [];
  return rows.map((_, row) => Object.fromEntries(tensors.map((each) => [each.name, each.rows[row]])) as ExactJson);
}

/** Records without names and types: columns `c0`, `c1`, … of text, null if a cell is empty. */
function readRecords(line: string): readonly ExactJson[] {
  const cells = parseRecord(line);
  return [
    Object.fromEntries(cells.map(({ text, quoted }, index) => [`c${index}`, text === "" && !quoted ? null : text])),
  ];
}

/** `{"columns":["a","b"],"data":[[1,2],…]}` as `{"a":1,"b":2}, …`. */
function readSplit(split: ExactJson | undefined, fail: Fail): readonly ExactJson[] {
  const [columns, data] = ["columns", "data"].map((key) => exactField(split ?? null, key));
  if (!Array.isArray(columns) || !Array.isArray(data) || !columns.every((name) => typeof name === "string")) {
    throw fail("ROWS_INVALID", 'it has no "dataframe_split" with a list of names "columns" and a list of rows "data".');
  }
  if (new Set(columns).size < columns.length)
    throw fail("ROWS_INVALID", "it names a column twice. Give each its own name.");
  return data.map((values: ExactJson) => {
    if (!Array.isArray(values) || values.length !== columns.length) {
      const count = Array.isArray(values) ? `${values.length} values` : "no list";
      throw fail("ROWS_INVALID", `a row has ${count} for ${columns.length} columns. Fix the request file.`);
    }
    // Not by assignment: a column may be called __proto__.
    return Object.fromEntries(columns.map((name, index) => [name, values[index]])) as ExactJson;
  });
}
