import { counted } from "../../core/errors/counted.ts";
import { splitLines } from "../../core/lines/split-lines.ts";
import { errorObjectText } from "../../core/protocols/error-object.ts";
import { memberOf, parseJson } from "../shared/http/answer-text.ts";
import { listElements, listUnderKey } from "../shared/http/json-spans.ts";

const OPEN_OBJECT = 0x7b;
const KEY = "predictions";

/** Why a container that wants a line of names answers a line too few. */
export const WITHOUT_NAMES =
  "SageMaker sends rows without a line of names: a container that wants one takes the first row for it. Send it json_lines or dataframe_split (model.protocol).";

/**
 * Takes answers apart that are JSON although the job asked for CSV, as MLflow's are: of `{"predictions":[…]}` each prediction becomes a line, which is
 * how a record of CSV may be written. Other lines stay as they are. `rows`: how many rows an answer is to; null where that is not known.
 */
export async function* takeApartDocuments(
  chunks: AsyncIterable<Buffer>,
  rows: number | null,
): AsyncGenerator<Buffer | string> {
  for await (const line of splitLines(chunks)) yield linesOf(line, rows) ?? line;
}

function linesOf(line: Buffer, rows: number | null): string | null {
  if (line[0] !== OPEN_OBJECT) return null;
  const list = memberOf(parseJson(line)?.value, KEY);
  if (!Array.isArray(list)) return null;
  if (rows !== null && list.length !== rows) return `${errorObjectText(wrongCount(list.length, rows))}\n`;
  const elements = listElements(line, listUnderKey(line, KEY));
  return elements.map(({ start, end }) => `${line.toString("utf8", start, end)}\n`).join("");
}

function wrongCount(found: number, rows: number) {
  const message = `The container answered with ${counted(found, "prediction")} to ${counted(rows, "row")} of CSV. ${WITHOUT_NAMES}`;
  return { code: "PREDICTION_COUNT_MISMATCH", message, attempts: 1 } as const;
}
