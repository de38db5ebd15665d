import type { ExactJson } from "../../json/exact-json.ts";
import { isExactObject, stringifyExact } from "../../json/exact-json.ts";
import { exactAt, pointerText } from "../../json/json-pointer.ts";
import { namedKeys } from "../../json/named-keys.ts";
import { isErrorObject } from "../responses/error-object.ts";
import { keyTexts } from "./key-text.ts";
import type { Pairing } from "./pairing.ts";
import { pairingOption } from "./pairing.ts";

/** Which prediction each row has. */
export type PairedPredictions = {
  /** For each row the place of its prediction; -1 if it has none. */
  readonly order: readonly number[];
  /** What is wrong with the predictions as a whole; null if each row has exactly one, and each of them a row. */
  readonly complaint: string | null;
  /** Why a row has none. */
  readonly reasons: ReadonlyMap<number, string>;
};

/** Texts of the keys of `rows` rows that are paired by their number in the request. */
export function indexKeys(rows: number): readonly string[] {
  return Array.from({ length: rows }, (_, row) => String(row));
}

/**
 * Finds each row's prediction by its key. An error object without a key belongs to one of the rows that are left, and each of them failed. Rows
 * that share a key have none, because nothing says which is whose.
 */
export function pairPredictions(
  rows: readonly (string | null)[],
  predictions: readonly ExactJson[],
  pairing: Pairing,
): PairedPredictions {
  const places = new Map<string, number>();
  const order = new Array<number>(rows.length).fill(-1);
  const reasons = new Map<number, string>();
  const complaints: string[] = [];
  for (const [row, key] of rows.entries()) {
    const former = key === null ? undefined : places.get(key);
    if (key === null) reasons.set(row, "its key is null");
    else if (former === undefined) places.set(key, row);
    else for (const each of [former, row]) reasons.set(each, `the key ${key} is that of several rows`);
  }
  const errors: number[] = [];
  for (const [place, prediction] of predictions.entries()) {
    const key = exactAt(prediction, pairing.at) ?? null;
    const texts = keyTexts(key);
    const row = texts.map((text) => places.get(text)).find((found) => found !== undefined);
    if (texts.length === 0 && isErrorObject(prediction)) errors.push(place);
    else if (texts.length === 0)
      complaints.push(`${which(place, predictions)} has no ${nameOf(pairing)}${memberNames(prediction)}`);
    else if (row === undefined) complaints.push(unknownKey(key, rows, pairing));
    else if (reasons.has(row)) continue;
    else if (order[row] !== -1) reasons.set(row, `the ${pairing.by} ${stringifyExact(key)} has several predictions`);
    else order[row] = place;
  }
  for (const row of reasons.keys()) order[row] = -1;
  const [firstReason] = reasons.values();
  if (firstReason !== undefined) complaints.unshift(firstReason);
  for (const row of rows.keys()) {
    if (order[row] !== -1 || reasons.has(row)) continue;
    order[row] = errors.shift() ?? -1;
    if (order[row] !== -1) continue;
    const missing = `the row with the ${pairing.by} ${rows[row]} has no prediction`;
    complaints.push(missing);
    reasons.set(row, missing);
  }
  if (errors.length > 0) complaints.push("there are more errors than rows");
  return { order, complaint: complaints[0] ?? null, reasons };
}

/** What cannot be paired, why, and how the predictions have to be. */
export function pairingMessage(complaint: string, pairing: Pairing): string {
  const fix =
    pairing.by === "key"
      ? `Each prediction must repeat the value of the column "${pairing.column}" at ${pointerText(pairing.at)}.`
      : `Each prediction must hold the number of its row in the request, from 0, at ${pointerText(pairing.at)}.`;
  return `The predictions cannot be paired with their rows by ${pairingOption(pairing)}: ${complaint}. ${fix}`;
}

function which(place: number, { length }: readonly ExactJson[]): string {
  return length === 1 ? "the prediction" : `prediction ${place + 1} of ${length}`;
}

function nameOf({ by, at }: Pairing): string {
  return `${by} at ${pointerText(at)}`;
}

function memberNames(prediction: ExactJson): string {
  return isExactObject(prediction) ? `; its keys are ${namedKeys(prediction)}` : "";
}

function unknownKey(key: ExactJson, rows: readonly (string | null)[], { by }: Pairing): string {
  const spelled = stringifyExact(key);
  const what = `a prediction has the ${by} ${spelled}, which no row of the request has`;
  if (by === "index") return spelled === String(rows.length) ? `${what} (do they count from 1?)` : what;
  const isRounded = rows.some((text) => text !== null && isLarge(text) && Number(text) === Number(spelled));
  return isRounded ? `${what}: the server rounds integers beyond 2^53, so send the key as text` : what;
}

function isLarge(text: string): boolean {
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text));
}
