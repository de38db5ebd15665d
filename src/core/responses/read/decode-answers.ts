import { decodeLineByLine } from "./decode-line-by-line.ts";
import type { DecodeAnswersInput, DecodedAnswers } from "./decoded-answers.ts";
import { explodeUniform } from "./explode-uniform.ts";

/**
 * Explodes a shard's answers, lines of JSON or CSV, into one prediction per row. What is uniform is decoded as a whole column; at the first doubt (a line
 * that is not JSON, a wrong count, an error object, values of two kinds) every line is looked at by itself, so that only the rows of the
 * culprit are lost.
 */
export function decodeAnswers(input: DecodeAnswersInput): DecodedAnswers {
  return decodeUniform(input) ?? decodeLineByLine(input);
}

/** Null at the first doubt; also of CSV, whose cells have to be looked at one by one, and of predictions that name their rows. */
export function decodeUniform({ lines, lineRows, protocol }: DecodeAnswersInput): DecodedAnswers | null {
  if (protocol.answerNotation === "csv" || protocol.pairing !== undefined) return null;
  const exploded = explodeUniform(lines, protocol.predictionPlace);
  if (exploded === null || !lineRows.every((rows, line) => exploded.counts[line] === rows)) return null;
  return { predictions: exploded.values.rename({ value: "prediction" }), type: exploded.type, failures: [] };
}
