import type { ColumnType } from "../../../../domain/types/column-type.ts";
import type { DataFrame } from "../../../../polars/polars.ts";
import { indexKeys, pairingMessage, pairPredictions } from "../../../../protocols/pairing/pair-predictions.ts";
import type { Pairing } from "../../../../protocols/pairing/pairing.ts";
import type { Protocol } from "../../../../protocols/protocol.ts";
import { csvAnswerJson } from "../../../../protocols/responses/csv-answer.ts";
import type { RowCause } from "../../../../protocols/responses/error-object.ts";
import type { RowKeys } from "../../../../responses/pairing/pair-line.ts";
import { asPrediction, pairLine, withoutItsKey } from "../../../../responses/pairing/pair-line.ts";
import type { Explosion } from "../../../../responses/read/explode-uniform.ts";
import { explodeUniform } from "../../../../responses/read/explode-uniform.ts";
import { jsonAnswers } from "../../../../responses/read/json-answers.ts";
import type { RowAnswer } from "../../../../responses/read/read-answer-line.ts";
import { readAnswerLine, rowCause } from "../../../../responses/read/read-answer-line.ts";
import type { RowResponse } from "../../../../responses/read/row-responses.ts";
import { isCause, readRowResponses } from "../../../../responses/read/row-responses.ts";
import { csvValues } from "../../../../responses/types/csv-values.ts";
import type { Place } from "../../../../responses/types/type-conflict.ts";
import { addValue, assertNotRounded } from "../../../../responses/types/type-conflict.ts";
import { createValueColumn } from "../../../../responses/types/value-column.ts";

/** An answer that holds no prediction: one of a line (`batchIndex`), or the whole line (null). */
export type AnswerFailure = { readonly line: number; readonly batchIndex: number | null; readonly cause: RowCause };

/** Predictions one below the other, null if one failed; a line that failed as a whole counts none. */
export type ExplodedAnswers = Explosion & {
  readonly failures: readonly AnswerFailure[];
  /** Of CSV, by column: see `CsvColumn`. */
  readonly alternatives?: readonly (ColumnType | null)[];
};

/** What the requests say of the rows of each answer line, for predictions that are paired by it. */
export type RequestRows = { readonly counts: ArrayLike<number>; readonly keys: RowKeys };

/** What the lines are from, and how they are to be read. */
export type AnswersToExplode = {
  readonly protocol: Protocol;
  /** Names the file in messages. */
  readonly file: string;
  readonly shard: number;
  readonly ids: readonly (string | null)[] | null;
  /** By what predictions are paired; null if by position. */
  readonly rows: RequestRows | null;
  /** Put before the names of columns, for messages. */
  readonly prefix: string;
};

/** Explodes answer lines into one prediction per row; without reading the requests, unless `rows` says by what predictions are paired. */
export function explodeAnswers(lines: DataFrame, input: AnswersToExplode): ExplodedAnswers {
  const { protocol, file, shard, ids, rows, prefix } = input;
  const isCsv = protocol.answerNotation === "csv";
  const json = isCsv ? lines : jsonAnswers(lines, protocol, ids);
  const uniform = rows === null && !isCsv ? explodeUniform(json, protocol.predictionPlace) : null;
  if (uniform !== null) return { ...uniform, failures: [] };
  const texts = json.getColumn("line").toArray() as (string | null)[];
  const nameLine = (line: number): string => `Answer file ${file}, line ${line}`;
  const placeOf = (line: number): Place => ({ where: nameLine(line), shard, line, prefix });
  if (isCsv && rows === null) return explodeCells(texts, protocol, placeOf);
  const read = readEach(isCsv ? texts.map((text) => csvAnswerJson(text ?? "")) : texts, nameLine, protocol);
  return collectRows(rows === null ? read : pairLines([...read], nameLine, protocol, rows), placeOf);
}

/** Records of CSV, whose cells are read when all are known. */
function explodeCells(
  texts: readonly (string | null)[],
  protocol: Protocol,
  placeOf: (line: number) => Place,
): ExplodedAnswers {
  const read = texts.map((text, line): readonly RowResponse[] | RowCause =>
    readRowResponses(text ?? "", placeOf(line).where, protocol),
  );
  const { responses, alternatives } = csvValues(
    read.flatMap((rows) => (isCause(rows) ? [] : rows)),
    null,
  );
  let next = 0;
  const lines = read.map((rows): LineAnswers => {
    if (isCause(rows)) return rows;
    next += rows.length;
    return responses.slice(next - rows.length, next).map(({ value, cause }) => ({ value, cause }) as RowAnswer);
  });
  return { ...collectRows(lines, placeOf), alternatives };
}

/** One by one: the answers of a large file need not be held together. */
function* readEach(
  texts: readonly (string | null)[],
  nameLine: (line: number) => string,
  protocol: Protocol,
): Generator<LineAnswers> {
  for (const [line, text] of texts.entries()) yield readAnswerLine(text ?? "", nameLine(line), protocol);
}

type LineAnswers = readonly RowAnswer[] | RowCause;

function collectRows(lines: Iterable<LineAnswers>, placeOf: (line: number) => Place): ExplodedAnswers {
  const column = createValueColumn();
  const failures: AnswerFailure[] = [];
  const counts: number[] = [];
  const lineOfRow: number[] = [];
  for (const read of lines) {
    const line = counts.length;
    if (!("length" in read)) failures.push({ line, batchIndex: null, cause: read });
    const answers = "length" in read ? read : [];
    for (const [batchIndex, { value, cause }] of answers.entries()) {
      if (cause !== null) failures.push({ line, batchIndex, cause });
      addValue(column, value, () => placeOf(line));
      lineOfRow.push(line);
    }
    counts.push(answers.length);
  }
  assertNotRounded(column, (row) => placeOf(lineOfRow[row] as number));
  const { values, type } = column.decode();
  return { values, type, counts, failures };
}

/** Predictions in the order of the rows: within a line of several rows, within the file if each line is a row. */
function pairLines(
  lines: readonly LineAnswers[],
  nameLine: (line: number) => string,
  protocol: Protocol,
  { counts, keys }: RequestRows,
): readonly LineAnswers[] {
  if (protocol.lineHolds === "row") return pairFile(lines, nameLine, protocol, keys);
  let firstRow = 0;
  return lines.map((read, line) => {
    const rows = counts[line] as number;
    firstRow += rows;
    // A wrong count is found when both sides are joined.
    if (!("length" in read) || read.length !== rows) return read;
    return pairLine(read, nameLine(line), protocol, { keys, firstRow: firstRow - rows, published: [] });
  });
}

function pairFile(
  lines: readonly LineAnswers[],
  nameLine: (line: number) => string,
  protocol: Protocol,
  keys: RowKeys,
): readonly LineAnswers[] {
  const pairing = protocol.pairing as Pairing;
  const answers = lines.map((read) => ("length" in read ? (read[0] as RowAnswer) : { value: null, cause: read }));
  const { order, reasons } = pairPredictions(keys ?? indexKeys(lines.length), answers.map(asPrediction), pairing);
  return order.map((place, line) => {
    const answer = answers[place];
    if (answer === undefined) {
      const message = pairingMessage(reasons.get(line) ?? "", pairing);
      return rowCause("ECHOED_ID_MISMATCH", `${nameLine(line)}: ${message}`);
    }
    return [answer.cause === null ? withoutItsKey(answer.value, nameLine(place), protocol, pairing) : answer];
  });
}
