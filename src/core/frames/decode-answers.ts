import { decodeLineByLine } from "./decode-line-by-line.ts";
import type { DecodeAnswersInput, DecodedAnswers } from "./decoded-answers.ts";
import { explodeUniform } from "./explode-uniform.ts";
import { jsonAnswers } from "./json-answers.ts";

/**
 * Explodes a shard's answers into one prediction a row. What is uniform is decoded as a whole column; at the first doubt (a line that is not
 * JSON, a wrong count, an error object, values of two kinds) every line is looked at by itself, so that only the rows of the culprit are lost.
 */
export function decodeAnswers(input: DecodeAnswersInput): DecodedAnswers {
  const json = { ...input, lines: jsonAnswers(input.lines, input.protocol, input.ids ?? null) };
  return (input.protocol.pairing === undefined ? decodeUniform(json) : null) ?? decodeLineByLine(json);
}

/** The same for lines of one form alone; null at the first doubt. */
export function decodeUniformAnswers(input: DecodeAnswersInput): DecodedAnswers | null {
  return decodeUniform({ ...input, lines: jsonAnswers(input.lines, input.protocol, input.ids ?? null) });
}

function decodeUniform({ lines, lineRows, protocol }: DecodeAnswersInput): DecodedAnswers | null {
  const exploded = explodeUniform(lines, protocol.predictionPlace);
  if (exploded === null || !lineRows.every((rows, line) => exploded.counts[line] === rows)) return null;
  return { predictions: exploded.values.rename({ value: "prediction" }), type: exploded.type, failures: [] };
}
