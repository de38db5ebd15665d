import { csvAnswerJson } from "../protocols/csv-answer.ts";
import type { Protocol } from "../protocols/protocol.ts";
import type { DataFrame } from "./polars.ts";
import { pl } from "./polars.ts";

/** Answer lines (a column `line`) as lines of JSON. */
export function jsonAnswers(lines: DataFrame, { answerNotation }: Pick<Protocol, "answerNotation">): DataFrame {
  if (answerNotation === "json") return lines;
  const texts = lines.getColumn("line").toArray() as (string | null)[];
  return pl.DataFrame([
    pl.Series(
      "line",
      texts.map((text) => csvAnswerJson(text ?? "")),
      pl.Utf8,
    ),
  ]);
}
