import type { ExactJson } from "../../../../core/json/exact-json.ts";
import { exactField, isExactObject, parseExact, stringifyExact } from "../../../../core/json/exact-json.ts";
import type { JsonPath } from "../../../../core/json/json-pointer.ts";
import { exactAt } from "../../../../core/json/json-pointer.ts";
import { cellsText, parseRecord } from "../../../../core/protocols/csv-records.ts";
import { keyText } from "../../../../core/protocols/pairing/key-text.ts";
import { indexKeys, pairingMessage, pairPredictions } from "../../../../core/protocols/pairing/pair-predictions.ts";
import type { Pairing } from "../../../../core/protocols/pairing/pairing.ts";
import type { Protocol } from "../../../../core/protocols/protocol.ts";
import { csvAnswerJson } from "../../../../core/protocols/responses/csv-answer.ts";
import { isErrorObject } from "../../../../core/protocols/responses/error-object.ts";
import { sentRows } from "../isolation/sent-rows.ts";
import { wrapPredictions } from "../request-envelope.ts";
import type { AnswerFault } from "./answer-faults.ts";
import type { GoodAnswer, Question } from "./good-answer.ts";

/** Puts the predictions of a response, each of which names its row, in the order of the rows; a fault if a row has none, or several. */
export function pairResponse(answer: GoodAnswer, question: Question, pairing: Pairing): GoodAnswer | AnswerFault {
  const { protocol } = question;
  const texts = answer.predictions();
  const keys = pairing.by === "key" ? sentKeys(question, pairing.column) : indexKeys(texts.length);
  const { order, complaint } = pairPredictions(keys, texts.map(predictionOf(protocol)), pairing);
  if (complaint !== null)
    return { code: "ECHOED_ID_MISMATCH", message: pairingMessage(complaint, pairing), isolable: true };
  if (order.every((place, row) => place === row) && !isRenumbered(protocol)) return answer;
  const ordered = order.map((place) => texts[place] as Buffer);
  return {
    ...answer,
    lines: wrapPredictions(renumber(ordered, protocol), protocol),
    values: answer.values === null ? null : order.map((place) => answer.values?.[place]),
    predictions: () => ordered,
  };
}

/**
 * Predictions that hold the number of their row in the request, with its number in the line that they become: parts of a request count from 0, and so
 * does each line of a single row. Others stay as they are.
 */
export function renumber(predictions: readonly Buffer[], protocol: Protocol): readonly Buffer[] {
  const { pairing, predictionPlace, lineHolds } = protocol;
  if (pairing?.by !== "index") return predictions;
  const at = predictionPlace.holds === "value" ? [...predictionPlace.path, ...pairing.at] : pairing.at;
  return predictions.map((text, row) => {
    const number = parseExact(lineHolds === "row" ? "0" : String(row));
    const record = protocol.answerNotation === "csv" ? withCell(text.toString(), at, "0") : null;
    if (record !== null) return Buffer.from(record);
    return Buffer.from(stringifyExact(withValue(parseExact(text.toString()), at, number)));
  });
}

function isRenumbered({ pairing, lineHolds }: Protocol): boolean {
  return pairing?.by === "index" && lineHolds === "row";
}

function sentKeys({ protocol, sent }: Question, column: string): readonly (string | null)[] {
  return sentRows(sent(), protocol).map((row) => keyText(exactField(row, column)));
}

function predictionOf({ predictionPlace: { holds, path }, answerNotation }: Protocol): (text: Buffer) => ExactJson {
  return (text) => {
    const line = text.toString();
    const read = parseExact(answerNotation === "csv" ? csvAnswerJson(line, true) : line);
    return holds === "list" || isErrorObject(read) ? read : (exactAt(read, path) ?? null);
  };
}

/** A record with another cell at its place (`p0`, `p1`, …); null if it is JSON. */
function withCell(record: string, [name = ""]: JsonPath, text: string): string | null {
  if (/^\s*[[{]/.test(record)) return null;
  return cellsText(parseRecord(record).map((cell, at) => (`p${at}` === name ? { text, quoted: false } : cell)));
}

/** The value with another one at the path; unchanged if the path does not exist. */
function withValue(value: ExactJson, [name, ...rest]: JsonPath, other: ExactJson): ExactJson {
  if (name === undefined) return other;
  if (Array.isArray(value)) {
    const elements: readonly ExactJson[] = value;
    return elements.map((each, index) => (String(index) === name ? withValue(each, rest, other) : each));
  }
  if (!isExactObject(value)) return value;
  const members = Object.entries(value).map(([member, inner]): [string, ExactJson] => [
    member,
    member === name ? withValue(inner, rest, other) : inner,
  ]);
  return Object.fromEntries(members);
}
