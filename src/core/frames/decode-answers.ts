import type { ColumnType } from "./column-type.ts";
import { decodeJsonColumn } from "./decode-json-column.ts";
import { decodeLineByLine } from "./decode-line-by-line.ts";
import type { DecodeAnswersInput, DecodedAnswers } from "./decoded-answers.ts";
import { frameSchema } from "./frame-schema.ts";
import type { DataFrame, Expr } from "./polars.ts";
import { column, pl, structField } from "./polars.ts";

/**
 * Explodes a shard's answers into one prediction a row. What is uniform is decoded as a whole column; at the first doubt (a line that is not
 * JSON, a wrong count, an error object) every line is looked at by itself, so that only the rows of the culprit are lost.
 */
export function decodeAnswers(input: DecodeAnswersInput): DecodedAnswers {
  return decodeUniform(input) ?? decodeLineByLine(input);
}

function decodeUniform({ lines, lineRows, protocol }: DecodeAnswersInput): DecodedAnswers | null {
  if (lines.height === 0) return null;
  const texts = lines.lazy().select(column("line").alias("text")).collectSync();
  const suspicious = texts.select(
    pl
      .col("text")
      .str.contains('"error"', true)
      .or(pl.col("text").eq(pl.lit("")))
      .alias("found"),
  );
  if (suspicious.filter(pl.col("found")).height > 0) return null;
  const decoded = decodeJsonColumn(texts);
  if (decoded === null) return null;
  const [answer] = schemaOrNull(decoded);
  if (answer === undefined) return null;
  if (protocol.answerKey === null)
    return { predictions: named(decoded, column("value")), type: answer.type, failures: [] };
  const element = listElement(answer.type, protocol.answerKey);
  if (element === null) return null;
  const lists = decoded
    .lazy()
    .select(structField(column("value"), protocol.answerKey).alias("value"))
    .collectSync();
  if (!hasCounts(lists, lineRows)) return null;
  return { predictions: lists.explode("value").rename({ value: "prediction" }), type: element, failures: [] };
}

function named(frame: DataFrame, value: Expr): DataFrame {
  return frame.lazy().select(value.alias("prediction")).collectSync();
}

function schemaOrNull(frame: DataFrame): ReturnType<typeof frameSchema> {
  try {
    return frameSchema(frame);
  } catch {
    return [];
  }
}

function listElement(type: ColumnType, key: string): ColumnType | null {
  if (typeof type === "string" || !("Struct" in type)) return null;
  const list = type.Struct.find((field) => field.name === key)?.dtype;
  return list !== undefined && typeof list !== "string" && "List" in list ? list.List : null;
}

function hasCounts(lists: DataFrame, lineRows: readonly number[]): boolean {
  const lengths = lists
    .lazy()
    .select(column("value").lst.lengths().cast(pl.Int32).alias("count"))
    .collectSync()
    .getColumn("count");
  if (lengths.nullCount() > 0) return false;
  const counts = lengths.toTypedArray() as Int32Array;
  return counts.length === lineRows.length && lineRows.every((rows, line) => counts[line] === rows);
}
