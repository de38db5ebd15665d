import type { JsonPath } from "../../../core/json/json-pointer.ts";
import { valueAtPath } from "../../../core/json/json-pointer.ts";
import { splitLines } from "../../../core/lines/split-lines.ts";
import { jsonAnswerLine } from "../../../core/protocols/responses/csv-answer.ts";
import { errorObjectText } from "../../../core/protocols/responses/error-object.ts";
import { counted } from "../../../core/util/counted.ts";
import { parseJson } from "../../shared/http/responses/answer-text.ts";
import { listAtPath, listElements } from "../../shared/http/responses/json-spans.ts";

const OPEN_OBJECT = 0x7b;

/** Why a container that expects a header line answers one line too few. */
export const WITHOUT_NAMES =
  "SageMaker sends rows without a line of names: a container that wants one takes the first row for it. Send it json_lines or dataframe_split (model.protocol).";

/**
 * Splits answers that are JSON although the job asked for CSV, as those of MLflow and Linear Learner: each prediction of `{"predictions":[…]}` becomes a line,
 * as a CSV record would be. Other lines are unchanged. `path`: where the list of predictions is. `rows`: the number of rows per answer; null if it is not known.
 */
export async function* takeApartDocuments(
  chunks: AsyncIterable<Buffer>,
  rows: number | null,
  path: JsonPath,
): AsyncGenerator<Buffer | string> {
  for await (const line of splitLines(chunks)) yield linesOf(line, rows, path) ?? line;
}

function linesOf(line: Buffer, rows: number | null, path: JsonPath): string | null {
  if (line[0] !== OPEN_OBJECT) return null;
  const list = valueAtPath(parseJson(line)?.value, path);
  if (!Array.isArray(list)) return null;
  if (rows !== null && list.length !== rows) return `${errorObjectText(wrongCount(list.length, rows))}\n`;
  const elements = listElements(line, listAtPath(line, path));
  return elements.map(({ start, end }) => `${jsonAnswerLine(line.toString("utf8", start, end))}\n`).join("");
}

function wrongCount(found: number, rows: number) {
  const message = `The container answered with ${counted(found, "prediction")} to ${counted(rows, "row")} of CSV. ${WITHOUT_NAMES}`;
  return { code: "PREDICTION_COUNT_MISMATCH", message, attempts: 1 } as const;
}
