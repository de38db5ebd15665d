import type { ColumnType } from "../../domain/types/column-type.ts";
import { contractType } from "../../domain/types/contract-columns.ts";
import type { PredictionField, PredictionType } from "../../domain/types/prediction-type.ts";
import { predictionTypeText } from "../../domain/types/prediction-type.ts";
import type { ExactJson } from "../../json/exact-json.ts";
import { isExactObject, stringifyExact } from "../../json/exact-json.ts";
import { pl } from "../../polars/polars.ts";
import type { CsvCell } from "../../protocols/csv-records.ts";
import type { RowCause } from "../../protocols/responses/error-object.ts";
import { declaredCell, declaredValue } from "../types/declared-value.ts";
import { decodeJsonColumn } from "../types/decode-json-column.ts";
import type { PredictionNaming } from "../types/prediction-columns.ts";
import { readRows, whereOf } from "./decode-line-by-line.ts";
import type { DecodeAnswersInput, DecodedAnswers, RowFailure } from "./decoded-answers.ts";
import type { RowResponse } from "./row-responses.ts";

/** Most characters of a value that a message quotes. */
const QUOTED = 60;

export type DeclaredInput = DecodeAnswersInput & {
  readonly contract: readonly PredictionField[];
  readonly naming: PredictionNaming;
};

type Member = { readonly value: ExactJson } | { readonly cell: CsvCell };

/** A column that a response leaves out. */
const NOTHING: Member = { value: null };

export type Declared = DecodedAnswers & {
  /** Names of the columns that the responses have; empty if every one is null. */
  readonly names: ReadonlySet<string>;
};

/**
 * Reads each response as `output.predictions` states it, one by one. A value of another type fails its row, and so does null if the type is
 * `not null`.
 */
export function decodeDeclared(input: DeclaredInput): Declared {
  const { shard, contract, naming } = input;
  const { responses, lines, keyCell } = readRows(input);
  const isObject = ({ value, cells }: RowResponse): boolean =>
    isExactObject(value) || (cells !== null && cells.length - (keyCell === null ? 0 : 1) > 1);
  const objects = responses.filter(isObject).length;
  const isForObjects = objects * 2 > responses.filter(isThere).length;
  const failures: RowFailure[] = [];
  const violated = (row: number, line: number, what: string): string => {
    failures.push({ row, line, cause: contractCause(shard, line, what) });
    return "null";
  };
  const names = new Set<string>();
  const texts = responses.map((response, row): string => {
    const line = lines[row] as number;
    if (response.cause !== null) {
      failures.push({ row, line, cause: response.cause });
      return "null";
    }
    if (isThere(response) && isObject(response) !== isForObjects) {
      return violated(row, line, otherForm(response, contract));
    }
    const members = membersOf(response, naming.flatten, keyCell);
    for (const name of members.keys()) names.add(name);
    const values: [string, ExactJson][] = [];
    for (const { name, type } of contract) {
      const member = members.get(name) ?? NOTHING;
      const value = "cell" in member ? declaredCell(member.cell, type) : declaredValue(member.value, type);
      if (value === undefined) {
        return violated(row, line, misfitText(`${naming.prefix}${name}`, memberText(member), type));
      }
      values.push([name, value]);
    }
    if (!isForObjects) return stringifyExact(values[0]?.[1] ?? null);
    return isThere(response) ? stringifyExact(Object.fromEntries(values)) : "null";
  });
  if (names.size === 0) return { ...decodeTexts(texts, "Null"), failures, names };
  const type: ColumnType = isForObjects
    ? { Struct: contract.map(({ name, type: stated }) => ({ name, dtype: readType(stated) })) }
    : readType((contract[0] as PredictionField).type);
  return { ...decodeTexts(texts, type), failures, names };
}

function decodeTexts(texts: readonly string[], type: ColumnType): Pick<DecodedAnswers, "predictions" | "type"> {
  const decoded = decodeJsonColumn(pl.DataFrame([pl.Series("text", texts, pl.Utf8)]), type);
  if (decoded === null) throw new Error(`${texts.length} values could not be read as ${JSON.stringify(type)}`);
  return { predictions: decoded.values.rename({ value: "prediction" }), type: decoded.type };
}

/** Dates and timestamps are read as text, floats with all their digits. */
function readType(type: PredictionType): ColumnType {
  if (type.kind === "list") return { List: readType(type.element) };
  if (type.kind === "struct")
    return { Struct: type.fields.map((field) => ({ name: field.name, dtype: readType(field.type) })) };
  if (type.kind === "date" || type.kind === "timestamp") return "String";
  return type.kind === "float" ? "Float64" : contractType(type);
}

function isThere({ value, cells }: RowResponse): boolean {
  return value !== null || cells !== null;
}

/** The columns of one response: by name, without the prefix. */
function membersOf(
  { value, cells }: RowResponse,
  flatten: boolean,
  keyCell: number | null,
): ReadonlyMap<string, Member> {
  if (cells !== null) {
    const named = cells.map((cell, at): [string, Member] => [`p${at}`, { cell }]).filter((_, at) => at !== keyCell);
    const [only] = named;
    return new Map(named.length === 1 && only !== undefined ? [["prediction", only[1]]] : named);
  }
  if (value === null) return new Map();
  if (!isExactObject(value)) return new Map([["prediction", { value }]]);
  return new Map(flattened(value, "", flatten).map(([name, member]) => [name, { value: member }]));
}

function flattened(value: ExactJson, prefix: string, flatten: boolean): [string, ExactJson][] {
  if (!isExactObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]): [string, ExactJson][] =>
    flatten && isExactObject(member) ? flattened(member, `${prefix}${name}_`, flatten) : [[`${prefix}${name}`, member]],
  );
}

/** Why a row failed whose value is not what the contract states. */
export function contractCause(shard: number, line: number, what: string): RowCause {
  return { code: "PREDICTIONS_CONTRACT_VIOLATED", message: `${whereOf(shard, line)}: ${what}`, attempts: 1 };
}

/** What is wrong with a value, in words. */
export function misfitText(name: string, text: string, type: PredictionType): string {
  const quoted = text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
  return `"${name}" is ${quoted}, and output.predictions states ${predictionTypeText(type)}. Correct the model, or the contract.`;
}

function memberText(member: Member): string {
  if ("value" in member) return stringifyExact(member.value);
  const { text, quoted } = member.cell;
  return quoted ? JSON.stringify(text) : text.trim() || "null";
}

function otherForm({ value }: RowResponse, contract: readonly PredictionField[]): string {
  const form = isExactObject(value) ? "an object" : "a single value";
  const stated = contract.map(({ name }) => `"${name}"`).join(", ");
  return `the prediction is ${form}, and others are not; output.predictions states ${stated}. Make the model answer every row with the same form.`;
}
