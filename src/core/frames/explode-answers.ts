import type { RowCause } from "../protocols/error-object.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { incompatible } from "./decode-line-by-line.ts";
import type { Explosion } from "./explode-uniform.ts";
import { explodeUniform } from "./explode-uniform.ts";
import { jsonAnswers } from "./json-answers.ts";
import type { DataFrame } from "./polars.ts";
import { readAnswerLine } from "./read-answer-line.ts";
import { createValueColumn } from "./value-column.ts";

/** An answer that holds no prediction: one of a line (`batchIndex`), or the whole line (null). */
export type AnswerFailure = { readonly line: number; readonly batchIndex: number | null; readonly cause: RowCause };

/** Predictions one below the other, null where one failed; a line that failed as a whole counts none. */
export type ExplodedAnswers = Explosion & { readonly failures: readonly AnswerFailure[] };

/** Explodes answer lines into one prediction a row, without a look at the requests. */
export function explodeAnswers(
  lines: DataFrame,
  protocol: Protocol,
  file: string,
  shard: number,
  ids: readonly (string | null)[] | null,
): ExplodedAnswers {
  const json = jsonAnswers(lines, protocol, ids);
  const uniform = explodeUniform(json, protocol.predictionPlace);
  return uniform === null ? explodeOneByOne(json, protocol, file, shard) : { ...uniform, failures: [] };
}

function explodeOneByOne(lines: DataFrame, protocol: Protocol, file: string, shard: number): ExplodedAnswers {
  const column = createValueColumn();
  const failures: AnswerFailure[] = [];
  const texts = lines.getColumn("line").toArray() as (string | null)[];
  const counts = texts.map((text, line) => {
    const where = `Answer file ${file}, line ${line}`;
    const read = readAnswerLine(text ?? "", where, protocol);
    if (!("length" in read)) {
      failures.push({ line, batchIndex: null, cause: read });
      return 0;
    }
    for (const [batchIndex, { value, cause }] of read.entries()) {
      if (cause !== null) failures.push({ line, batchIndex, cause });
      if (!column.add(value)) throw incompatible(where, column.type, value, { shard, line });
    }
    return read.length;
  });
  const { values, type } = column.decode();
  return { values, type, counts, failures };
}
