import { valueAtPath } from "../../../../core/json/json-pointer.ts";
import { parseRecord, splitRecords } from "../../../../core/protocols/csv-records.ts";
import { csvAnswerLine, holdsBareText, jsonAnswerLine } from "../../../../core/protocols/responses/csv-answer.ts";
import type { HttpReply } from "../transport/http-exchange.ts";
import { contentTypeOf, shorten } from "./answer-excerpt.ts";
import type { AnswerFault } from "./answer-faults.ts";
import { documentFault, invalid, noPredictions, notJson, wrongCount } from "./answer-faults.ts";
import { NEWLINE, oneLine, parseJson } from "./answer-text.ts";
import type { GoodAnswer, Question } from "./good-answer.ts";
import { listAtPath, listElements } from "./json-spans.ts";

/**
 * An answer to rows of CSV: one record per line for each row; all predictions on one line, as from SageMaker's XGBoost; or JSON, as from MLflow and
 * SageMaker's Linear Learner: a list, or a list under `predictions` or the place that the job sets. Each row's prediction becomes a line.
 */
export function checkCsv(reply: HttpReply, text: Buffer, question: Question): GoodAnswer | AnswerFault {
  const type = contentTypeOf(reply);
  const rows = question.rows();
  const isJson = /^application\/json\b/i.test(type);
  const parsed = parseJson(text);
  const { document: path = ["predictions"] } = question.protocol.predictionPlace;
  const fault = parsed === undefined ? null : documentFault(parsed, path);
  if (fault !== null) return fault;
  // A list is one prediction if there is one row and the type is CSV: a line may be JSON.
  const isDocument = isJson || (rows > 1 && Array.isArray(parsed?.value));
  const list =
    (path.length > 0 ? valueAtPath(parsed?.value, path) : undefined) ?? (isDocument ? parsed?.value : undefined);
  if (Array.isArray(list)) {
    if (list.length !== rows) return wrongCount("PREDICTION_COUNT_MISMATCH", list.length, "prediction", rows);
    const line = oneLine(text);
    const at = list === parsed?.value ? line.indexOf("[") : listAtPath(line, path);
    return asLines(
      listElements(line, at).map(({ start, end }) => Buffer.from(jsonAnswerLine(line.toString("utf8", start, end)))),
      list,
    );
  }
  if (parsed !== undefined && (isJson || (rows > 1 && typeof parsed.value === "object"))) {
    return noPredictions(parsed.value, text, {
      predictionPlace: { holds: "list", path, bare: path[0] === "predictions" },
    });
  }
  if (isJson || text[0] === LESS_THAN) return notJson(reply, text);
  const records = recordsOf(reply.body.toString("utf8"), rows);
  if (records.length !== rows) return wrongCount("LINE_COUNT_MISMATCH", records.length, "line", rows);
  const isCsv = /\bcsv\b/i.test(type);
  const stray = isCsv ? undefined : records.find(holdsBareText);
  if (stray !== undefined)
    return invalid(`${JSON.stringify(shorten(stray))}, which is text and not text/csv (${type})`);
  const asNull = question.nonFinite === "as_null";
  return asLines(records.map((record) => Buffer.from(csvAnswerLine(record, { asNull, isCsv }))));
}

const LESS_THAN = 0x3c;

function asLines(predictions: readonly Buffer[], values: readonly unknown[] | null = null): GoodAnswer {
  return {
    count: predictions.length,
    values,
    lines: Buffer.concat(predictions.flatMap((prediction) => [prediction, NEWLINE])),
    predictions: () => [...predictions],
  };
}

/** As many records as rows, if the answer can be read that way. A blank line is an empty prediction only if the count requires it. */
function recordsOf(text: string, rows: number): string[] {
  const records = splitRecords(text);
  if (records.length === rows) return records;
  const filled = records.filter((record) => record.trim() !== "");
  const [only] = filled;
  // Several cells of unquoted text are probably a message, not labels.
  if (filled.length !== 1 || only === undefined || rows === 1 || holdsBareText(only)) return filled;
  const cells = splitCells(only);
  return cells.length === rows ? cells : filled;
}

/** The cells of a record as they were written. */
function splitCells(record: string): string[] {
  return parseRecord(record).map(({ text, quoted }) => (quoted ? `"${text.replaceAll('"', '""')}"` : text));
}
