import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { PredictionField, PredictionType, ScalarKind } from "./prediction-type.ts";

/** Every spelling of a scalar type. `timestamp` counts microseconds and has no time zone, as in Parquet and DuckDB. */
const SCALARS: Readonly<Record<string, ScalarKind>> = {
  boolean: "boolean",
  int8: "int8",
  int16: "int16",
  int32: "int32",
  int64: "int64",
  integer: "int64",
  uint64: "uint64",
  float: "float",
  double: "double",
  string: "string",
  varchar: "string",
  date: "date",
  timestamp: "timestamp",
};

/** The spellings that a type may have, for messages and the reference page. */
export const PREDICTION_TYPE_NAMES: readonly string[] = [...Object.keys(SCALARS), "list<…>", "struct<name: …, …>"];

/** Parts of the language: a back-quoted or plain name, or one of `< > , :`. */
const TOKEN = /\s*(?:`([^`]+)`|([\p{L}_][\p{L}\p{N}_]*)|([<>,:]))/uy;

type Token = { readonly text: string; readonly kind: "name" | "sign" };

/** Parses one type of the prediction contract. Throws JOB_INVALID with the position of the mistake. */
export function parsePredictionType(text: string): PredictionType {
  const tokens = tokenize(text);
  let next = 0;
  const fail = (wanted: string): never => {
    const found = tokens[next]?.text;
    const seen = found === undefined ? "the end" : `\`${found}\``;
    throw new ScoreframeError(
      "JOB_INVALID",
      `the type \`${text}\` is not understood: expected ${wanted}, found ${seen}`,
    );
  };
  const take = (sign: string): boolean => {
    const token = tokens[next];
    if (token?.kind !== "sign" || token.text !== sign) return false;
    next += 1;
    return true;
  };
  const expectSign = (sign: string): void => {
    if (!take(sign)) fail(`\`${sign}\``);
  };
  const name = (wanted: string): string => {
    const token = tokens[next];
    if (token?.kind !== "name") return fail(wanted);
    next += 1;
    return token.text;
  };
  const takeWord = (word: string): boolean => {
    const token = tokens[next];
    if (token?.kind !== "name" || token.text.toLowerCase() !== word) return false;
    next += 1;
    return true;
  };
  const fields = (): PredictionField[] => {
    const found: PredictionField[] = [];
    do {
      const fieldName = name("the name of a field");
      if (found.some((field) => field.name === fieldName)) {
        throw new ScoreframeError("JOB_INVALID", `the type \`${text}\` names the field \`${fieldName}\` twice`);
      }
      expectSign(":");
      found.push({ name: fieldName, type: type() });
    } while (take(","));
    return found;
  };
  const type = (): PredictionType => {
    const plain = plainType();
    if (!takeWord("not")) return plain;
    if (!takeWord("null")) fail("`null`");
    return { ...plain, notNull: true };
  };
  const plainType = (): PredictionType => {
    const wanted = `one of ${PREDICTION_TYPE_NAMES.join(", ")}`;
    const word = name(wanted).toLowerCase();
    const scalar = Object.hasOwn(SCALARS, word) ? SCALARS[word] : undefined;
    if (scalar !== undefined) return { kind: scalar };
    if (word !== "list" && word !== "struct") {
      next -= 1;
      return fail(wanted);
    }
    expectSign("<");
    const nested: PredictionType =
      word === "list" ? { kind: "list", element: type() } : { kind: "struct", fields: fields() };
    expectSign(">");
    return nested;
  };
  const parsed = type();
  if (next < tokens.length) fail("the end");
  return parsed;
}

/** Parses a whole contract, in its order; null if the job has none. */
export function parsePredictionTypes(
  predictions: Readonly<Record<string, string>> | undefined,
): readonly PredictionField[] | null {
  if (predictions === undefined) return null;
  return Object.entries(predictions).map(([name, text]) => ({ name, type: parsePredictionType(text) }));
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      const rest = text.slice(from).trim();
      throw new ScoreframeError("JOB_INVALID", `the type \`${text}\` is not understood from \`${rest}\` on`);
    }
    const word = match[1] ?? match[2];
    tokens.push(word === undefined ? { text: match[3] ?? "", kind: "sign" } : { text: word, kind: "name" });
  }
  return tokens;
}
