import { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { ExactJson } from "../json/exact-json.ts";
import { exactField, parseExact, stringifyExact } from "../json/exact-json.ts";
import type { RowCause } from "../protocols/error-object.ts";
import { readErrorObject } from "../protocols/error-object.ts";
import { decodeJsonColumn } from "./decode-json-column.ts";
import type { DecodeAnswersInput, DecodedAnswers, RowFailure } from "./decoded-answers.ts";
import { frameSchema } from "./frame-schema.ts";
import type { DataFrame } from "./polars.ts";
import { pl } from "./polars.ts";

/** Most characters of an answer that a message quotes. */
const QUOTED = 120;

/** The careful way: each line parsed by itself, so that a bad one costs its own rows and is named. */
export function decodeLineByLine(input: DecodeAnswersInput): DecodedAnswers {
  const texts: string[] = [];
  const failures: RowFailure[] = [];
  const answers = input.lines.getColumn("line").toArray() as (string | null)[];
  for (const [line, rows] of input.lineRows.entries()) {
    const answer = readLine(answers[line] ?? "", rows, line, input);
    for (let index = 0; index < rows; index += 1) {
      const value = Array.isArray(answer) ? (answer[index] as ExactJson) : null;
      const cause = Array.isArray(answer) ? readErrorObject(value) : (answer as RowCause);
      if (cause !== null) failures.push({ row: texts.length, line, cause });
      texts.push(cause === null ? stringifyExact(value) : "null");
    }
  }
  const predictions = decodeTexts(texts, input.shard);
  return { predictions, type: frameSchema(predictions)[0]?.type ?? "Null", failures };
}

/** The predictions of one line, or why all its rows failed. */
function readLine(
  text: string,
  rows: number,
  line: number,
  { shard, protocol }: DecodeAnswersInput,
): readonly ExactJson[] | RowCause {
  const where = `Shard ${shard}, line ${line}`;
  let answer: ExactJson;
  try {
    answer = parseExact(text);
  } catch (error) {
    const reason = text.trim() === "" ? "is empty" : `is not JSON (${(error as Error).message}): ${quote(text)}`;
    return failed(
      "LINE_NOT_JSON",
      `${where}: the answer ${reason}. See that the model server answers strict JSON (no bare NaN) for every request.`,
    );
  }
  if (protocol.answerKey === null) return [answer];
  const cause = readErrorObject(answer);
  if (cause !== null) return cause;
  const list = exactField(answer, protocol.answerKey);
  if (!Array.isArray(list)) {
    return failed(
      "RESPONSE_INVALID",
      `${where}: the answer has no list "${protocol.answerKey}": ${quote(text)}. See that the server speaks the protocol ${protocol.id}.`,
    );
  }
  if (list.length !== rows) {
    return failed(
      "PREDICTION_COUNT_MISMATCH",
      `${where}: ${list.length} predictions for ${rows} rows. The model must answer one prediction a row, in the order of the rows.`,
    );
  }
  return list;
}

function decodeTexts(texts: readonly string[], shard: number): DataFrame {
  const decoded = decodeJsonColumn(pl.DataFrame([pl.Series("text", texts as string[], pl.Utf8)]));
  if (decoded !== null) return decoded.rename({ value: "prediction" });
  const kinds = [...new Set(texts.map(kindOf))].filter((kind) => kind !== "null");
  throw new ScoreframeError(
    "PREDICTIONS_INCOMPATIBLE",
    `Shard ${shard}: the predictions have no common type (${kinds.join(", ")}). ` +
      'Make the model answer every row with the same form, and say a failed row by {"error": "reason"}.',
    { shard, operation: "stitch", details: { kinds } },
  );
}

function kindOf(text: string): string {
  if (text.startsWith("{")) return "object";
  if (text.startsWith("[")) return "list";
  if (text.startsWith('"')) return "text";
  return text === "null" || text === "true" || text === "false" ? text.replace(/true|false/, "boolean") : "number";
}

function failed(code: RowCause["code"], message: string): RowCause {
  return { code, message, attempts: 1 };
}

function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
}
