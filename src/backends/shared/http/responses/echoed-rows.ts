import type { ExactJson, ExactObject } from "../../../../core/json/exact-json.ts";
import { exactField, parseExact, stringifyExact } from "../../../../core/json/exact-json.ts";
import type { Protocol } from "../../../../core/protocols/protocol.ts";
import { isErrorObject } from "../../../../core/protocols/responses/error-object.ts";
import type { GoodAnswer } from "./good-answer.ts";

/** Fields with which servers number the rows of a response. */
const NUMBERS = ["index", "idx", "row_index"];

export type EchoedRows = {
  /** What a response says of its own rows that contradicts the order in which they were sent; null if nothing does. */
  complaint(answer: GoodAnswer, sent: () => readonly ExactObject[]): Contradiction | null;
};

/** `what` continues "the server answered with"; `fix` says what to do. */
type Contradiction = { readonly what: string; readonly fix: string };

/**
 * Checks what a response says about its rows: a field with a feature's name must hold what was sent for that row, and a field that numbers the
 * rows must count up. Otherwise the predictions belong to other rows.
 */
export function createEchoedRows({ pairing }: Pick<Protocol, "pairing">): EchoedRows {
  /** Names of the features, which all requests share; null before the first. */
  let features: ReadonlySet<string> | null = null;
  return {
    complaint({ values, predictions }, sent) {
      const first = firstObject(values ?? []);
      if (values === null || first === undefined) return null;
      features ??= new Set(Object.keys(sent()[0] ?? {}));
      const known = features;
      const echoed = Object.keys(first).filter((name) => known.has(name));
      // Rows that were paired are in order, whatever number they had in the response.
      const numbered =
        pairing === undefined ? NUMBERS.find((name) => !known.has(name) && isOtherOrder(values, name)) : undefined;
      if (numbered !== undefined)
        return {
          what: `predictions whose "${numbered}" is not in the order of the rows`,
          fix: `Set response.index to ${numbered} to pair them by it`,
        };
      if (echoed.length === 0) return null;
      const rows = sent();
      const texts = predictions();
      for (const [row, features] of rows.entries()) {
        const prediction = parseExact(texts[row]?.toString() ?? "null");
        for (const name of echoed) {
          const [was, is] = [exactField(features, name) ?? null, exactField(prediction, name) ?? null];
          if (isSame(was, is)) continue;
          return {
            what: `"${name}": ${stringifyExact(is)} for row ${row + 1} of ${rows.length}, which was sent with ${stringifyExact(was)}`,
            fix: keyFix(name, values, rows),
          };
        }
      }
      return null;
    },
  };
}

/** A field whose values are those that were sent, each once, identifies the rows. */
function keyFix(name: string, values: readonly unknown[], rows: readonly ExactObject[]): string {
  const [sent, echoed] = [
    rows.map((row) => JSON.stringify(row[name])),
    values.map((value) => JSON.stringify(isObject(value) ? value[name] : undefined)),
  ];
  const isKey = new Set(sent).size === sent.length && echoed.length === sent.length;
  const rule = "Predictions must be in the order of the rows, and a field of a feature's name must hold what was sent";
  return isKey ? `${rule}. If ${name} identifies a row, set response.key to ${name} to pair them by it` : rule;
}

/** The first prediction that may name features. If the first is a plain value, the others are not looked at. */
function firstObject(values: readonly unknown[]): Readonly<Record<string, unknown>> | undefined {
  const first = values.find((value) => value !== null && !isErrorObject(value));
  return isObject(first) ? first : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the fields are the numbers 0, 1, 2, …, in another order. */
function isOtherOrder(values: readonly unknown[], name: string): boolean {
  const seen = new Uint8Array(values.length);
  let inOrder = true;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    const number = isObject(value) ? value[name] : undefined;
    // The first nearly always has no such field.
    if (!isBelow(number, values.length) || seen[number] === 1) return false;
    seen[number] = 1;
    if (number !== row) inOrder = false;
  }
  return !inOrder;
}

function isBelow(number: unknown, length: number): number is number {
  return Number.isInteger(number) && (number as number) >= 0 && (number as number) < length;
}

/** Null matches anything. Numbers are compared as numbers, because they are printed in many ways; with a fraction, as single floats. */
function isSame(was: ExactJson, is: ExactJson): boolean {
  if (was === null || is === null) return true;
  const [a, b] = [spelled(was), spelled(is)];
  if (a === b) return true;
  const [x, y] = [Number(a), Number(b)];
  if (a.trim() === "" || b.trim() === "" || Number.isNaN(x) || Number.isNaN(y)) return isSameTime(was, is);
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) return BigInt(a) === BigInt(b);
  return x === y || (!Number.isInteger(x) && Math.fround(x) === Math.fround(y));
}

function spelled(value: ExactJson): string {
  return typeof value === "string" ? value : stringifyExact(value);
}

/** Servers print times and nested values in many ways, so only certain differences count. */
function isSameTime(was: ExactJson, is: ExactJson): boolean {
  if (typeof was === "object" || typeof is === "object") return typeof was === typeof is;
  if (typeof was === "boolean" || typeof is === "boolean") return String(Number(was)) === String(Number(is));
  return typeof was === "string" && typeof is === "string" && Date.parse(was) === Date.parse(is);
}
