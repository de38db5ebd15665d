import type { ExactJson } from "../../json/exact-json.ts";
import { isExactObject } from "../../json/exact-json.ts";
import { indexKeys, pairingMessage, pairPredictions } from "../../protocols/pairing/pair-predictions.ts";
import type { Pairing } from "../../protocols/pairing/pairing.ts";
import { pairingOption } from "../../protocols/pairing/pairing.ts";
import { withoutKey } from "../../protocols/pairing/without-key.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import type { RowCause } from "../../protocols/responses/error-object.ts";
import type { RowAnswer } from "../read/read-answer-line.ts";
import { rowAnswer, rowCause } from "../read/read-answer-line.ts";

/** Keys of all rows of a file, in their order; null if rows are paired by their number in the request. */
export type RowKeys = readonly (string | null)[] | null;

/**
 * The predictions of a request line in the order of its rows, without their keys; as they are if the protocol pairs by position. `firstRow` is the
 * first of the line's rows in the file, `published` the names of predictions that a job asks for: such a key stays.
 */
export function pairLine(
  read: readonly RowAnswer[] | RowCause,
  where: string,
  protocol: Protocol,
  {
    keys,
    firstRow,
    published,
  }: { readonly keys: RowKeys; readonly firstRow: number; readonly published: readonly string[] },
): readonly RowAnswer[] | RowCause {
  const { pairing } = protocol;
  if (pairing === undefined || !Array.isArray(read)) return read;
  const answers: readonly RowAnswer[] = read;
  const wanted = keys?.slice(firstRow, firstRow + answers.length) ?? indexKeys(answers.length);
  const { order, complaint } = pairPredictions(wanted, answers.map(asPrediction), pairing);
  if (complaint !== null) return rowCause("ECHOED_ID_MISMATCH", `${where}: ${pairingMessage(complaint, pairing)}`);
  const isKept = pairing.at.length === 1 && published.includes(pairing.at[0] as string);
  return order.map((place) => {
    const answer = answers[place] as RowAnswer;
    return answer.cause !== null || isKept ? answer : withoutItsKey(answer.value, where, protocol, pairing);
  });
}

/** An error is a prediction, too: of which row, its key or the others say. */
export function asPrediction({ value, cause }: RowAnswer): ExactJson {
  return cause === null ? value : { error: cause.message };
}

/** What is published of a prediction; an error object may have the key of its row, too. */
export function withoutItsKey(
  value: ExactJson,
  where: string,
  { answerNotation }: Protocol,
  pairing: Pairing,
): RowAnswer {
  const left = withoutKey(value, pairing.at, answerNotation === "csv");
  if (!isExactObject(left) || Object.keys(left).length > 0) return rowAnswer(left, where);
  const message = `${where}: a prediction has nothing but its ${pairing.by}. Check what the model returns, or remove ${pairingOption(pairing)}.`;
  return { value: null, cause: rowCause("RESPONSE_INVALID", message) };
}
