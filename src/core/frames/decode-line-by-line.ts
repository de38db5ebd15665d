import { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { ExactJson } from "../json/exact-json.ts";
import { isExactObject } from "../json/exact-json.ts";
import type { ColumnType } from "./column-type.ts";
import { typeText } from "./column-type.ts";
import type { DecodeAnswersInput, DecodedAnswers, RowFailure } from "./decoded-answers.ts";
import { widenType } from "./json-type.ts";
import { pairLine } from "./pair-line.ts";
import { countMismatch, readAnswerLine } from "./read-answer-line.ts";
import { createValueColumn } from "./value-column.ts";

/** The careful way: each line parsed by itself, so that a bad one costs its own rows and is named. */
export function decodeLineByLine(input: DecodeAnswersInput): DecodedAnswers {
  const { lines, lineRows, shard, protocol, keys = null, published = [] } = input;
  const predictions = createValueColumn();
  const failures: RowFailure[] = [];
  const texts = lines.getColumn("line").toArray() as (string | null)[];
  for (const [line, rows] of lineRows.entries()) {
    const where = `Shard ${shard}, line ${line}`;
    const read = readAnswerLine(texts[line] ?? "", where, protocol);
    const counted = Array.isArray(read) && read.length !== rows ? countMismatch(where, read.length, rows) : read;
    const answers = pairLine(counted, where, protocol, { keys, firstRow: predictions.length, published });
    for (let index = 0; index < rows; index += 1) {
      const { value, cause } = Array.isArray(answers) ? answers[index] : { value: null, cause: answers };
      if (cause !== null) failures.push({ row: predictions.length, line, cause });
      if (!predictions.add(value)) throw incompatible(where, predictions.type, value, { shard, line });
    }
  }
  const { values, type } = predictions.decode();
  return { predictions: values.rename({ value: "prediction" }), type, failures };
}

/** Predictions of one file that no type holds together. */
export function incompatible(
  where: string,
  before: ColumnType,
  value: ExactJson,
  facts: { readonly shard: number; readonly line: number },
): ScoreframeError {
  const alone = widenType("Null", value);
  if (alone === null) return mixed(where, value, facts);
  const types = [before, alone].map(typeText);
  return new ScoreframeError(
    "PREDICTIONS_INCOMPATIBLE",
    `${where}: a prediction is ${types[1]}, those before it are ${types[0]}. ` +
      'Make the model answer every row with the same form, and say a failed row by {"error": "reason"}.',
    { ...facts, operation: "stitch", details: { types } },
  );
}

/** A prediction that no column holds even by itself. */
function mixed(where: string, value: ExactJson, facts: { readonly shard: number; readonly line: number }) {
  const types = mixedTypes(value) ?? [];
  return new ScoreframeError(
    "PREDICTIONS_INCOMPATIBLE",
    `${where}: a prediction holds a list of ${types.map(typeText).join(" and ")}, and a list has one type. ` +
      "Make the model answer an object with a key for each value, or values of one type.",
    { ...facts, operation: "stitch", details: { types: types.map(typeText) } },
  );
}

/** The first two types in a list of the value that no type holds together. */
function mixedTypes(value: ExactJson): readonly ColumnType[] | null {
  if (Array.isArray(value)) {
    let type: ColumnType = "Null";
    for (const element of value as readonly ExactJson[]) {
      const inner = mixedTypes(element);
      if (inner !== null) return inner;
      const widened = widenType(type, element);
      if (widened === null) return [type, widenType("Null", element) ?? "Null"];
      type = widened;
    }
    return null;
  }
  if (!isExactObject(value)) return null;
  for (const member of Object.values(value)) {
    const inner = mixedTypes(member);
    if (inner !== null) return inner;
  }
  return null;
}
