import { keyCellOf, pairResponses } from "../pairing/pair-responses.ts";
import { csvValues } from "../types/csv-values.ts";
import type { Place } from "../types/type-conflict.ts";
import { addValue, assertNotRounded } from "../types/type-conflict.ts";
import { createValueColumn } from "../types/value-column.ts";
import type { DecodeAnswersInput, DecodedAnswers, RowFailure } from "./decoded-answers.ts";
import type { RowResponse } from "./row-responses.ts";
import { readExpectedRows, spread } from "./row-responses.ts";

/** The careful way: each line parsed by itself, so that a bad one costs its own rows and is named. */
export function decodeLineByLine(input: DecodeAnswersInput): DecodedAnswers {
  const { shard, protocol, prefix = "" } = input;
  const { responses: read, lines, keyCell } = readRows(input);
  const { responses, ...others } = protocol.answerNotation === "csv" ? csvValues(read, keyCell) : { responses: read };
  const predictions = createValueColumn();
  const failures: RowFailure[] = [];
  const placeOf = (row: number): Place => {
    const line = lines[row] as number;
    return { where: whereOf(shard, line), shard, line, prefix };
  };
  for (const [row, { value, cause }] of responses.entries()) {
    if (cause !== null) failures.push({ row, line: lines[row] as number, cause });
    addValue(predictions, value, () => placeOf(row));
  }
  assertNotRounded(predictions, placeOf);
  const { values, type } = predictions.decode();
  return { predictions: values.rename({ value: "prediction" }), type, failures, ...others };
}

export type ReadRows = {
  /** One for each row of the shard. */
  readonly responses: readonly RowResponse[];
  /** The line that each is from. */
  readonly lines: readonly number[];
  /** Place of the cell that only says which row a record belongs to; null if there is none. */
  readonly keyCell: number | null;
};

export function readRows({
  lines,
  lineRows,
  shard,
  protocol,
  keys = null,
  published = [],
}: DecodeAnswersInput): ReadRows {
  const texts = lines.getColumn("line").toArray() as (string | null)[];
  const responses: RowResponse[] = [];
  const numbers: number[] = [];
  for (const [line, rows] of lineRows.entries()) {
    const where = whereOf(shard, line);
    const read = readExpectedRows(texts[line] ?? "", where, rows, protocol);
    const paired = pairResponses(read, where, protocol, { keys, firstRow: responses.length, published });
    for (const response of spread(paired, rows)) {
      responses.push(response);
      numbers.push(line);
    }
  }
  return { responses, lines: numbers, keyCell: keyCellOf(protocol, published) };
}

export function whereOf(shard: number, line: number): string {
  return `Shard ${shard}, line ${line}`;
}
